/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.Optional;

import org.apache.mailet.MailetException;

/**
 * Test whether this jar is the one for the James that runs. There are two, of the same classes: James 3.8 speaks javax, James 3.9 jakarta.
 * In the wrong one Guice would complain of a missing constructor, which tells nobody what to do.
 */
final class JamesVersionCheck {
    /** The build renames this text together with the classes: the jar for James 3.9 says jakarta here. */
    private static final String OURS = "javax.mail.MessagingException";

    private JamesVersionCheck() {
    }

    /** The sentence for the operator who took the other jar; nothing if this is the right one. */
    static Optional<String> mismatch() {
        return mismatch(OURS, MailetException.class.getSuperclass().getName());
    }

    static Optional<String> mismatch(String ours, String found) {
        if (ours.equals(found)) {
            return Optional.empty();
        }
        return Optional.of(ours.startsWith("javax.")
            ? "This JAR of the DANE extension is for James 3.8; for this James take the one whose name ends in -james-3.9.jar."
            : "This JAR of the DANE extension is for James 3.9 and newer; for this James take the one whose name ends in -james-3.8.jar.");
    }
}
