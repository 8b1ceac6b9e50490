/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james;

import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

/**
 * James refused to start, or was not ready in time.
 */
public final class JamesDidNotStart extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final String log;

    JamesDidNotStart(String message, OptionalInt exitCode, String log, @Nullable Throwable cause) {
        super(message + "; the log says:\n" + log, cause);
        this.exitCode = exitCode.orElse(-1);
        this.log = log;
    }

    /** With which code the process ended by itself; nothing when it had to be ended, or is not a process of its own. */
    public OptionalInt exitCode() {
        return exitCode < 0 ? OptionalInt.empty() : OptionalInt.of(exitCode);
    }

    /** All that it has logged. */
    public String log() {
        return log;
    }
}
