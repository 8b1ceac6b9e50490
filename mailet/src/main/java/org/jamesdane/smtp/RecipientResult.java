/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.util.Optional;

import org.jamesdane.dane.failure.EnhancedStatusCode;

/** Decision of a host about one recipient. */
public sealed interface RecipientResult {

    /**
     * The host has taken over the mail for this recipient.
     *
     * @param reply the reply to the content
     */
    record Accepted(SmtpReply reply) implements RecipientResult {
    }

    /**
     * The host refused.
     *
     * @param phase MAIL, RCPT, DATA or the end of the content
     */
    record Refused(Phase phase, SmtpReply reply) implements RecipientResult {
        private static final int EXCEEDED_STORAGE = 552;

        /** Tests whether trying again would lead to the same (RFC 5321 §4.2.1). */
        public boolean permanent() {
            return reply.isPermanent() && !isTooManyRecipients();
        }

        /**
         * Tests for an old server's 552 to RCPT that means "too many recipients" and counts as temporary (RFC 5321 §4.5.3.1.10). An
         * enhanced code that says something else, a full mailbox (5.2.2) for example, rules that out.
         */
        private boolean isTooManyRecipients() {
            return phase == Phase.RCPT && reply.code() == EXCEEDED_STORAGE
                && reply.enhanced().filter(status -> status.subject() != 5).isEmpty();
        }

        /** The enhanced status code of the reply, if it had one. */
        public Optional<EnhancedStatusCode> enhanced() {
            return reply.enhanced();
        }
    }

    /** The recipient was left out, because the host cannot take it: an internationalised address without SMTPUTF8. */
    record LeftOut(Unsendable reason) implements RecipientResult {
    }
}
