/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.deferral;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A mail that waits for its next try, as an administrator sees it. It shows neither the sender's local part nor the content.
 *
 * @param id names it among the deferred mails of its queue
 * @param queue the name of James's queue that it came from and goes back to
 * @param senderDomain empty for the null sender
 * @param recipients for whom it waits
 * @param nextTry when it goes back to the queue
 * @param progress what it has been through
 */
public record DeferredMail(String id, String queue, Optional<String> senderDomain, List<String> recipients, Instant nextTry,
        Progress progress) {
    public DeferredMail {
        recipients = List.copyOf(recipients);
    }

    /**
     * Attempts so far.
     *
     * @param retries how often it was tried again and counted
     * @param firstAttempt the time from which its lifetime counts; empty before the first attempt. It is the time of the first attempt,
     *     moved forward by the time for which this server itself was at fault.
     * @param lastReason why it was deferred last, as one sentence
     */
    public record Progress(int retries, Optional<Instant> firstAttempt, Optional<String> lastReason) {
    }
}
