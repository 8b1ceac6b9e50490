/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.time.Instant;
import java.util.Optional;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.dane.policy.Policy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * State of the policies (present, copied, lost), and the decision to deliver or to hold mail. Missing policies that should be there are
 * damage, and no reason to deliver under the default. The last known policies apply, or mail is held. Safe for any number of threads.
 */
public final class PolicyKnowledge {
    static final String HELD = "There is no copy of the policies either, so mail is held until they can be read";
    private static final String ACCEPT = "POST /dane/store?action=accept-empty";
    private static final Logger LOGGER = LoggerFactory.getLogger(PolicyKnowledge.class);

    private final LastKnownSettings lastKnown;
    private final Policy byDefault;
    private final boolean requireState;
    @GuardedBy("this")
    private State state = State.NONE;
    @GuardedBy("this")
    private LastKnownSettings.FirstStart firstStart;

    /** The source of what is known; the words are published. */
    public enum State {
        /** Neither the store nor a copy has been read. */
        NONE("unknown"),
        /** The store has never had any, as far as is known here. */
        UNCONFIRMED("unconfirmed"),
        /** The copy was read, and the store not yet. */
        COPIED("copied"),
        /** The store had policies, and has none any more. */
        LOST("lost"),
        /** The policies are in the store. */
        PRESENT("present");

        private final String word;

        State(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    PolicyKnowledge(LastKnownSettings lastKnown, OperatorSettings.Rules rules, Instant now) {
        this.lastKnown = lastKnown;
        this.byDefault = rules.byDefault();
        this.requireState = rules.requireState();
        this.firstStart = new LastKnownSettings.FirstStart(now, false);
    }

    /** The source of what is known. */
    public synchronized State state() {
        return state;
    }

    /** Tests whether anything is known of the policies. */
    synchronized boolean known() {
        return state != State.NONE;
    }

    /** The copy was read. */
    synchronized void copied() {
        state = State.COPIED;
    }

    /** The store was read. */
    synchronized void present() {
        state = State.PRESENT;
    }

    /** The store has none. */
    synchronized void missing() {
        if (state == State.NONE) {
            Optional<LastKnownSettings.FirstStart> noted = lastKnown.firstStart();
            noted.ifPresent(start -> firstStart = start);
            state = State.UNCONFIRMED;
            if (noted.isEmpty()) {
                lastKnown.save(firstStart);
            }
            LOGGER.warn("{}", unconfirmed());
        } else if (state != State.UNCONFIRMED && state != State.LOST) {
            state = State.LOST;
            LOGGER.error("{}", lost());
        }
    }

    /** Tests whether there were policies, so that a store without any has lost them. A change on top of nothing would hide that. */
    synchronized boolean wouldHideLoss() {
        return state == State.COPIED || state == State.LOST || state == State.PRESENT;
    }

    /**
     * Reason for which no mail may be delivered, as one sentence; empty if mail may. Where it is not known what destinations are held to,
     * nobody knows whether a mail may go under the default policy.
     */
    public synchronized Optional<String> hold() {
        return switch (state) {
            case NONE -> Optional.of("the policies could not be read from the store, and there is no copy of them");
            case UNCONFIRMED -> requireState || firstStart.earlierMail()
                ? Optional.of("the store has no policies where there should be some: restore them, or confirm by " + ACCEPT
                    + " that there are none") : Optional.empty();
            case COPIED, LOST, PRESENT -> Optional.empty();
        };
    }

    /**
     * Tells of a mail that waits. A mail that was tried before the first start without policies proves that there was a store.
     *
     * @param firstAttempt when it was tried first
     */
    public synchronized void waits(Instant firstAttempt) {
        if (state == State.UNCONFIRMED && !firstStart.earlierMail() && firstAttempt.isBefore(firstStart.since())) {
            LOGGER.error("There is mail that was tried at {}, and the store has no policies: mail is held until they are restored, or {} "
                + "says that there are none", firstAttempt, ACCEPT);
            firstStart = new LastKnownSettings.FirstStart(firstStart.since(), true);
            lastKnown.save(firstStart);
        }
    }

    /** Problem of the policies, as one sentence. */
    synchronized Optional<String> problem() {
        return switch (state) {
            case LOST -> Optional.of(lost());
            case UNCONFIRMED -> Optional.of(unconfirmed() + (hold().isPresent() ? ". Mail is held until then" : ""));
            case NONE, COPIED, PRESENT -> Optional.empty();
        };
    }

    private String unconfirmed() {
        return "No policy was ever set: set one, or confirm by " + ACCEPT + " that " + byDefault + " is right for all destinations; if "
            + "there should be some, a volume may not be mounted";
    }

    String lost() {
        return "The policies are gone from the store; those that were known last apply. Restore them (a copy is in "
            + lastKnown.directory() + "), or confirm by " + ACCEPT + " that there are none";
    }
}
