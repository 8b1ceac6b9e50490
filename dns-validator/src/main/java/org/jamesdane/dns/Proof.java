/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Why an answer is secure or insecure.
 *
 * <p>Only the validator makes these (held by a test of the module boundaries): there is no other way to an answer that is called
 * secure, or insecure, than the check behind it.
 */
public sealed interface Proof {

    /** What this proves. */
    Security security();

    /** The verified links from the trust anchor downwards; for an insecure answer, down to the denial. */
    List<Link> chain();

    /** When the first signature or local exception this rests on ends; empty if nothing does. */
    default Optional<Instant> soonestExpiry() {
        return chain().stream().map(Link::expiration).min(Instant::compareTo);
    }

    /**
     * A chain of signatures from a trust anchor to the answer (RFC 4035 §5).
     */
    record Secure(Source source, List<Link> chain) implements Proof {
        public Secure {
            chain = List.copyOf(chain);
        }

        @Override
        public Security security() {
            return Security.SECURE;
        }
    }

    /**
     * A proof that no chain of signatures leads to the answer.
     *
     * @param cause which of the few proofs of insecurity it is
     * @param zone the zone, delegation or configured name at which security ends
     */
    record Insecure(Cause cause, DomainName zone, List<Link> chain) implements Proof {
        public Insecure {
            chain = List.copyOf(chain);
        }

        @Override
        public Security security() {
            return Security.INSECURE;
        }
    }

    /** On whose word an answer is secure. */
    enum Source {
        /** We verified the signatures. */
        VALIDATED,
        /** A trusted resolver on this host said so by the AD bit. */
        TRUST_AD
    }

    /** The complete list of what may end security. */
    enum Cause {
        /** The parent's verified NSEC or NSEC3 at the name itself: NS set, DS and SOA clear (RFC 4035 §5.2). */
        UNSIGNED_DELEGATION,
        /** The parent's verified closest-encloser proof whose next-closer NSEC3 has Opt-Out (RFC 5155 §8.9). */
        OPT_OUT,
        /** A verified DS RRset without any supported algorithm and digest (RFC 4035 §5.2; RFC 6840 §5.2). */
        UNSUPPORTED_ALGORITHMS,
        /** A verified NSEC3 with more iterations than we compute (RFC 9276 §3.2). */
        NSEC3_ITERATIONS,
        /** An operator's negative trust anchor (RFC 7646). */
        NEGATIVE_TRUST_ANCHOR,
        /** An operator's internal domain, from configuration. */
        CONFIGURED_INSECURE,
        /** A trusted resolver on this host left the AD bit clear. */
        TRUST_AD
    }

    /**
     * One verified RRset in a chain.
     *
     * @param zone the zone that signed it
     * @param owner the owner of the RRset
     * @param type the type of the RRset, by its mnemonic: DS, DNSKEY, NSEC3, TLSA …
     * @param keyTag the key tag of the signing key (RFC 4034 Appendix B)
     * @param algorithm the number of the signing key's algorithm
     * @param inception the signature's inception
     * @param expiration the signature's expiration
     */
    record Link(DomainName zone, DomainName owner, String type, int keyTag, int algorithm, Instant inception, Instant expiration) {
        @Override
        public String toString() {
            return owner + " " + type + " (signed by " + zone + ", key " + keyTag + ", algorithm " + algorithm
                + ", until " + expiration + ")";
        }
    }
}
