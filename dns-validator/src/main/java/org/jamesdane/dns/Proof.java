/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Proof that an answer is secure or insecure.
 *
 * <p>Only the validator makes proofs; a test of the module boundaries holds this. So no answer is called secure or insecure without the
 * check behind the proof.
 */
public sealed interface Proof {

    /** Security that this proves. */
    Security security();

    /** The verified links from the trust anchor downwards; for an insecure answer, down to the denial. */
    List<Link> chain();

    /** End of the first of the signatures that this rests on; empty if there are none. */
    default Optional<Instant> soonestExpiry() {
        return chain().isEmpty() ? Optional.empty()
            : Optional.of(Instant.ofEpochSecond(chain().stream().mapToLong(Link::expirationSecond).min().getAsLong()));
    }

    /**
     * Description for people: the proved fact with its reason, then the links of the chain, one a line, from the trust anchor downwards.
     */
    default String describe() {
        StringBuilder text = new StringBuilder(headline());
        for (Link link : chain()) {
            text.append("\n  ").append(link);
        }
        return text.toString();
    }

    /** Summary of the proof in one line. */
    String headline();

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

        @Override
        public String headline() {
            return source == Source.VALIDATED
                ? "secure, by signatures from a trust anchor down"
                : "secure, by the word of a trusted resolver";
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

        @Override
        public String headline() {
            return "insecure from " + zone + " on, " + cause.text();
        }
    }

    /** Authority on whose word an answer is secure. */
    enum Source {
        /** We verified the signatures. */
        VALIDATED,
        /** A trusted resolver on this host said so by the AD bit. */
        TRUST_AD
    }

    /** Reason for which an answer is insecure; the list is complete. */
    enum Cause {
        /** The parent's verified NSEC or NSEC3 at the name itself: NS set, DS and SOA clear (RFC 4035 §5.2). */
        UNSIGNED_DELEGATION("because the zone above proves that it is not signed"),
        /** The parent's verified closest-encloser proof whose next-closer NSEC3 has Opt-Out (RFC 5155 §8.9). */
        OPT_OUT("because the zone above leaves unsigned delegations out of its proofs (Opt-Out)"),
        /** A verified DS RRset without any supported algorithm and digest (RFC 4035 §5.2; RFC 6840 §5.2). */
        UNSUPPORTED_ALGORITHMS("because it is signed with algorithms that are not supported"),
        /** A verified NSEC3 with more iterations than we compute (RFC 9276 §3.2). */
        NSEC3_ITERATIONS("because its denials ask for more hashing than is done"),
        /** An operator's negative trust anchor (RFC 7646). */
        NEGATIVE_TRUST_ANCHOR("by a negative trust anchor"),
        /** An operator's internal domain, from configuration. */
        CONFIGURED_INSECURE("by configuration"),
        /** A trusted resolver on this host left the AD bit clear. */
        TRUST_AD("by the word of a trusted resolver");

        private final String text;

        Cause(String text) {
            this.text = text;
        }

        /** The cause as the end of a sentence. */
        public String text() {
            return text;
        }
    }

    /**
     * Link of a chain: a verified RRset.
     *
     * @param zone the zone that signed it
     * @param owner the owner of the RRset
     * @param type the type of the RRset, by its mnemonic: DS, DNSKEY, NSEC3, TLSA …
     * @param key the signing key: its tag (RFC 4034 Appendix B) in the lower 16 bits, the number of its algorithm above them
     * @param inceptionSecond the signature's inception, in seconds since 1970
     * @param expirationSecond the signature's expiration, in seconds since 1970
     * @param id the name of the RRset with its signature in the archive; empty where none is kept
     */
    record Link(DomainName zone, DomainName owner, String type, int key, long inceptionSecond, long expirationSecond,
            Optional<RrsetId> id) {
        private static final int TAG_BITS = 16;

        /** A link that is in no archive. */
        public Link(DomainName zone, DomainName owner, String type, int keyTag, int algorithm, Instant inception, Instant expiration) {
            this(zone, owner, type, key(keyTag, algorithm), inception.getEpochSecond(), expiration.getEpochSecond(), Optional.empty());
        }

        /** The key of this tag and algorithm, as {@link #key()} has it. */
        public static int key(int tag, int algorithm) {
            return (algorithm << TAG_BITS) | tag;
        }

        /** The tag of the signing key. */
        public int keyTag() {
            return key & 0xFFFF;
        }

        /** The number of the signing key's algorithm. */
        public int algorithm() {
            return key >>> TAG_BITS;
        }

        /** The signature's inception. */
        public Instant inception() {
            return Instant.ofEpochSecond(inceptionSecond);
        }

        /** The signature's expiration. */
        public Instant expiration() {
            return Instant.ofEpochSecond(expirationSecond);
        }

        @Override
        public String toString() {
            return owner + " " + type + " (signed by " + zone + ", key " + keyTag() + ", algorithm " + algorithm()
                + ", until " + expiration() + ")";
        }
    }
}
