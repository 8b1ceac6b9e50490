/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.mail;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.jamesdane.dane.failure.EnhancedStatusCode;

/**
 * Notice to the sender of a mail about recipients who did not get it, or not yet.
 *
 * @param code the enhanced status code, that of the first recipient
 * @param replyCode the code of the host's reply to the first recipient, if a reply decided it
 * @param text what happened at which host, for people; one or more sentences
 * @param recipients one by one
 */
public record FailureNotice(EnhancedStatusCode code, OptionalInt replyCode, String text, List<RecipientFailure> recipients) {
    public FailureNotice {
        recipients = List.copyOf(recipients);
    }

    /** A notice that is the same for all. */
    public FailureNotice(EnhancedStatusCode code, OptionalInt replyCode, String text) {
        this(code, replyCode, text, List.of());
    }

    /**
     * Reason for which one recipient has not got a mail.
     *
     * @param recipient the address
     * @param host the host that decided it, or the domain where no host was reached
     * @param code the enhanced status code
     * @param replyCode the code of the host's reply, if a reply decided it
     * @param text what happened, for people
     * @param diagnostic the host's last reply word for word, in ASCII, if it said anything
     */
    public record RecipientFailure(String recipient, String host, EnhancedStatusCode code, OptionalInt replyCode, String text,
            Optional<String> diagnostic) {
        /** A failure without a reply. */
        public RecipientFailure(String recipient, String host, EnhancedStatusCode code, OptionalInt replyCode, String text) {
            this(recipient, host, code, replyCode, text, Optional.empty());
        }
    }
}
