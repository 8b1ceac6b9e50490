/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;

import org.jamesdane.delivery.deferral.DeferredMails;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.store.PolicyKnowledge;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Searches for mail deferred before this start, as evidence that there should be policies. */
final class EarlierMail {
    /** Pause between two looks; a mail that comes to be tried is noticed by itself. */
    static final Duration PAUSE = Duration.ofSeconds(10);
    /** Mails looked at; those that are due first have waited longest. */
    private static final int LIMIT = 100;
    private static final Logger LOGGER = LoggerFactory.getLogger(EarlierMail.class);

    private EarlierMail() {
    }

    /** Tells of mail that waits. Nothing is looked at once the policies are known, or an operator has said that there are none. */
    static void lookFor(PolicyKnowledge knowledge, DeferredMails mails) {
        try {
            if (knowledge.state() != PolicyKnowledge.State.UNCONFIRMED) {
                return;
            }
            mails.list(new DeferredSelection.All(), LIMIT).mails()
                .forEach(mail -> mail.progress().firstAttempt().ifPresent(knowledge::waits));
        } catch (Throwable e) {
            // A timer's task that throws never runs again.
            LOGGER.warn("Deferred mail could not be looked at; it is noticed when it is tried", e);
        }
    }
}
