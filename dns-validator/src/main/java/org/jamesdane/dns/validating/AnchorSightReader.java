/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.validating.AnchorSight.SeenKey;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** Reads the DNSKEY RRset of a trust point in a reply, and finds out which of its keys made right signatures over it. */
final class AnchorSightReader {
    /** Signatures tried for one key: one by each of two keys with one tag, and one more. */
    private static final int MAX_SIGNATURES_PER_KEY = 3;
    /** Keys with the REVOKE bit that nobody knows here; a roll-over has one or two. */
    private static final int MAX_UNKNOWN_REVOKED = 8;

    private final RrsetVerifier verifier;

    AnchorSightReader(RrsetVerifier verifier) {
        this.verifier = verifier;
    }

    /** The sight; empty if the reply has no such set, or one with more keys than are searched. */
    Optional<AnchorSight> read(TrustPoint point, Reply reply, Instant now, Budget budget) {
        RelevantRrsets found = RelevantRrsets.of(new Question(WireNames.toWire(point.zone()), Type.DNSKEY), reply);
        if (!(found instanceof RelevantRrsets.Records records) || records.records().records().size() > DelegationKeys.MAX_KEYS) {
            return Optional.empty();
        }
        return Optional.of(new Reading(point, records.records(), now, budget).read());
    }

    /** Set that is being read. */
    private final class Reading {
        private final TrustPoint point;
        private final SignedRrset set;
        private final Instant now;
        private final Budget budget;
        private int unknownRevoked;
        private Duration originalTtl;
        private Duration life = RefreshTimes.LONGEST.multipliedBy(2);

        Reading(TrustPoint point, SignedRrset set, Instant now, Budget budget) {
            this.point = point;
            this.set = set;
            this.now = now;
            this.budget = budget;
            this.originalTtl = Duration.ofSeconds(set.ttl());
        }

        AnchorSight read() {
            List<SeenKey> seen = new ArrayList<>();
            for (Record record : set.records()) {
                DNSKEYRecord dnskey = (DNSKEYRecord) record;
                if (dnskey.getProtocol() == DNSKEYRecord.Protocol.DNSSEC && dnskey.getKey().length > 0) {
                    AnchorKey key = AnchorKey.of(dnskey);
                    boolean revoked = AnchorKey.isRevoked(dnskey);
                    seen.add(new SeenKey(key, revoked, isWorthTrying(key, revoked) && hasSigned(dnskey, revoked)));
                }
            }
            return new AnchorSight(now, originalTtl, RefreshTimes.afterSuccess(originalTtl, life), seen);
        }

        /** Only the signatures of anchors and of revoked keys mean anything; others are not computed. */
        private boolean isWorthTrying(AnchorKey key, boolean revoked) {
            if (!revoked) {
                return point.inForce().stream().anyMatch(key::isNamedBy);
            }
            boolean known = point.seeds().stream().anyMatch(key::isNamedWithAnyFlagsBy)
                || point.keys().stream().anyMatch(tracked -> tracked.key().isSameKey(key));
            return known || unknownRevoked++ < MAX_UNKNOWN_REVOKED;
        }

        private boolean hasSigned(DNSKEYRecord dnskey, boolean revoked) {
            // RFC 5011 §2.1: a revoked key is used for its own revocation and for nothing else.
            Optional<ZoneKey> key = revoked ? ZoneKey.forItsRevocation(dnskey) : ZoneKey.of(dnskey);
            return key.isPresent() && set.signatures().stream()
                .filter(signature -> signature.getFootprint() == key.get().tag() && signature.getAlgorithm() == key.get().algorithm())
                .limit(MAX_SIGNATURES_PER_KEY)
                .anyMatch(signature -> isRight(signature, key.get(), revoked));
        }

        private boolean isRight(RRSIGRecord signature, ZoneKey key, boolean revoked) {
            SignedRrset alone = new SignedRrset(set.owner(), set.type(), set.records(), List.of(signature));
            try {
                VerifiedRrset verified = verifier.verify(alone, set.owner(), List.of(key), budget);
                if (!revoked) {
                    originalTtl = Duration.ofSeconds(signature.getOrigTTL());
                    Duration left = Duration.between(now, verified.expiration());
                    life = left.compareTo(life) < 0 ? left : life;
                }
                return true;
            } catch (LookupFailure failure) {
                return false;
            }
        }
    }

    /** The question for the keys of a trust point. */
    static Question question(DomainName zone) {
        return new Question(WireNames.toWire(zone), Type.DNSKEY);
    }
}
