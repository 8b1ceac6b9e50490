/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;

import org.jamesdane.delivery.diagnosis.Forecast;

/** Terminal of the command: whether people look at it, and what they see. */
final class Terminal {
    private static final String GREEN = "32";
    private static final String YELLOW = "33";
    private static final String RED = "31";

    private final boolean interactive;
    private final boolean colours;

    Terminal(boolean interactive, boolean colours) {
        this.interactive = interactive;
        this.colours = colours;
    }

    /** The terminal of this process; colours can be switched off by the variable NO_COLOR, as everywhere. */
    static Terminal ofProcess(Map<String, String> environment) {
        boolean interactive = isTerminal(System.console());
        return new Terminal(interactive, interactive && !environment.containsKey("NO_COLOR"));
    }

    /** From Java 22 on there is a console even where there is no terminal, and a method that tells. */
    private static boolean isTerminal(@org.jspecify.annotations.Nullable Console console) {
        if (console == null) {
            return false;
        }
        try {
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }

    /** Tests whether progress is shown. */
    boolean isInteractive() {
        return interactive;
    }

    /** The word for a prospect, coloured where that is wanted. */
    String word(Forecast.Kind kind) {
        String colour = switch (kind) {
            case AUTHENTICATED -> GREEN;
            case AUTHENTICATED_STS, HOST_AUTHENTICATED, ENCRYPTED, UNPROTECTED -> YELLOW;
            case DEFERRED, BOUNCED, UNKNOWN -> RED;
        };
        return colours ? "\u001b[" + colour + "m" + kind + "\u001b[0m" : kind.toString();
    }
}
