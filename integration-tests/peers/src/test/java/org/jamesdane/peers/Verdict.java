/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

/**
 * Verdict of a sender on a destination.
 *
 * @param word what counts: two senders agree if it is the same
 * @param detail why, in the sender's words
 */
record Verdict(Word word, String detail) {

    /** Result of a mail. */
    enum Word {
        /** Delivered over a connection that secure records authenticate, to a host that secure records name. */
        VERIFIED,
        /** Delivered over a connection that secure records authenticate, to a host that insecure MX records name. */
        HOST_AUTHENTICATED,
        /** Delivered over unauthenticated TLS. */
        ENCRYPTED,
        /** Delivered without TLS. */
        CLEAR,
        /** Waits. */
        DEFERRED,
        /** Given up. */
        BOUNCED,
        /** Nothing was heard of it. */
        NONE;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    static final Verdict NOTHING = new Verdict(Word.NONE, "");

    boolean settled() {
        return word != Word.NONE;
    }
}
