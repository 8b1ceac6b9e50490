/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.Optional;

import org.jamesdane.delivery.mail.ContentRefusal;

/**
 * Treatment of content that SMTP does not provide for.
 *
 * @param nul octets of value zero (RFC 5322 §4, RFC 2045 §2.7)
 * @param longLines lines of more than 998 octets (RFC 5321 §4.5.3.1.6)
 */
record ContentRules(Nul nul, LongLines longLines) {
    /** Nothing that a signature covers is changed, and only what no host has to take is refused. */
    static final ContentRules DEFAULT = new ContentRules(Nul.REFUSE, LongLines.PASS);

    /** Treatment of NUL. */
    enum Nul {
        /** The mail is returned: to strip it breaks signatures. */
        REFUSE("refuse"),
        /** NUL is left out. */
        STRIP("strip");

        private final String word;

        Nul(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    /** Treatment of long lines. */
    enum LongLines {
        /** Long lines go as they are. */
        PASS("pass"),
        /** Long lines are broken, but for a mail that is signed or encrypted. */
        FOLD("fold"),
        /** The mail is returned. */
        REFUSE("refuse");

        private final String word;

        LongLines(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    /** Reads {@code smtp.nul} and {@code smtp.long-lines}. */
    static ContentRules parse(StrictSettings settings) {
        return new ContentRules(settings.word("smtp.nul", Nul.class, DEFAULT.nul),
            settings.word("smtp.long-lines", LongLines.class, DEFAULT.longLines));
    }

    /** The reason for which the message is not sent; empty if it is sent. */
    Optional<ContentRefusal> refusal(ContentBuffer message) {
        if (nul == Nul.REFUSE && message.hasNul()) {
            return Optional.of(ContentRefusal.NUL);
        }
        return longLines == LongLines.REFUSE && message.hasLongLines() ? Optional.of(ContentRefusal.LONG_LINE) : Optional.empty();
    }
}
