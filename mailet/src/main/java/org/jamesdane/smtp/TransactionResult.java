/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Result of one mail at one host. */
public sealed interface TransactionResult {

    /**
     * Decisions: first about the recipients left out, then in the envelope's order. A recipient that is missing here has not been delivered
     * to, so far as is known.
     */
    Map<Recipient, RecipientResult> recipients();

    /** Every recipient was decided. */
    record Completed(Map<Recipient, RecipientResult> recipients) implements TransactionResult {
        public Completed {
            recipients = inOrder(recipients);
        }
    }

    /** The mail cannot be sent to this host in this form, and nothing of it was written. */
    record NotStarted(Unsendable reason) implements TransactionResult {
        @Override
        public Map<Recipient, RecipientResult> recipients() {
            return Map.of();
        }
    }

    /**
     * The transaction broke before the end of the content was written: no recipient has the mail.
     *
     * @param recipients those refused before it broke
     */
    record Interrupted(SmtpFailure failure, Map<Recipient, RecipientResult> recipients) implements TransactionResult {
        public Interrupted {
            recipients = inOrder(recipients);
        }
    }

    /**
     * The transaction broke while or after the content's end was written: the host may have taken the mail (RFC 5321 §4.2.5, RFC 1047). It
     * has to be sent again: two copies are better than none.
     *
     * @param recipients those refused before it broke
     */
    record Uncertain(SmtpFailure failure, Map<Recipient, RecipientResult> recipients) implements TransactionResult {
        public Uncertain {
            recipients = inOrder(recipients);
        }
    }

    private static Map<Recipient, RecipientResult> inOrder(Map<Recipient, RecipientResult> recipients) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(recipients));
    }
}
