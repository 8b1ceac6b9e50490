/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import java.time.Instant;
import java.util.Optional;

/** Result of the search for the policy that applies to mail for a domain (RFC 8461 §3). */
public sealed interface StsDiscovery {

    /** Reason for which no policy was asked for. */
    enum NotAskedBecause {
        /** The operator's policy for the domain decides alone. */
        POLICY("the policy does not use MTA-STS"),
        /** MTA-STS is switched off, for all or for the domain. */
        OFF("MTA-STS is switched off"),
        /** An address literal has no policy (RFC 8461 §3.4). */
        ADDRESS_LITERAL("it is given by its address"),
        /** MTA-STS is not used for gateways. */
        GATEWAY("MTA-STS is not used for gateways"),
        /** DANE alone decides on the host, whatever the search would have found. */
        NOT_NEEDED("DANE alone decides"),
        /** An operator has excepted the domain. */
        EXCEPTION("an exception for the domain switches MTA-STS off");

        private final String text;

        NotAskedBecause(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** Reason for which no policy applies. */
    enum NoneBecause {
        /** The domain announces none. */
        NO_RECORD("the domain announces no MTA-STS policy"),
        /** The domain's TXT record is wrong, which counts as none (RFC 8461 §3.1). */
        INVALID_RECORD("the TXT record of its MTA-STS policy is invalid"),
        /** The TXT record could not be looked up, which counts as none. */
        LOOKUP_FAILED("the TXT record of its MTA-STS policy could not be looked up"),
        /** The policy could not be fetched, or was invalid, which counts as none (RFC 8461 §3.3). */
        FETCH_FAILED("its MTA-STS policy could not be fetched"),
        /** The policy is not fetched now, because of a fetch that failed or was only just done. */
        NOT_FETCHED_NOW("its MTA-STS policy is not fetched again so soon");

        private final String text;

        NoneBecause(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** No policy was asked for. */
    record NotAsked(NotAskedBecause why) implements StsDiscovery {
    }

    /** No policy applies. */
    record None(NoneBecause why) implements StsDiscovery {
    }

    /**
     * A policy applies, of any mode.
     *
     * @param excepted whether a policy in mode {@code enforce} counts as one in mode {@code testing}, since an operator said so
     */
    record Found(CachedPolicy kept, boolean excepted) implements StsDiscovery {
        /** A policy that applies as it is. */
        public Found(CachedPolicy kept) {
            this(kept, false);
        }

        /** The mode that applies. */
        public StsPolicy.Mode mode() {
            StsPolicy.Mode mode = kept.policy().mode();
            return excepted && mode == StsPolicy.Mode.ENFORCE ? StsPolicy.Mode.TESTING : mode;
        }

        @Override
        public Optional<CachedPolicy> inMode(StsPolicy.Mode mode, Instant now) {
            return mode() == mode && kept.isInForce(now) ? Optional.of(kept) : Optional.empty();
        }
    }

    /**
     * The kept policies cannot be read, so that a policy may apply which is not known. The mail is held.
     *
     * @param text one clause for people
     * @param excepted whether the mail is not held, since an operator said that no policy of the domain counts as more than a test
     */
    record Unreadable(String text, boolean excepted) implements StsDiscovery {
        /** Unreadable policies without an exception. */
        public Unreadable(String text) {
            this(text, false);
        }
    }

    /** The policy that applies, if it is of that mode and its lifetime is not over. */
    default Optional<CachedPolicy> inMode(StsPolicy.Mode mode, Instant now) {
        return Optional.empty();
    }
}
