/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Proof;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Type;

/**
 * Verifies RRsets against the keys of a zone (RFC 4035 §5.3).
 *
 * <p>One good signature suffices (RFC 6840 §5.4); signatures of unknown keys are passed over (RFC 6840 §5.12).
 */
final class RrsetVerifier {
    /**
     * Signatures by keys of the zone that are tried for one RRset. Two algorithms during a roll-over of both keys make four; the double is
     * generous.
     */
    static final int MAX_SIGNATURES_PER_SET = 8;
    /** Keys of one tag and algorithm: collisions happen by chance once in 65,536 pairs, more than two by intent (CVE-2023-50387). */
    static final int MAX_KEYS_PER_TAG = 3;
    /** Records of one RRset. No RRset that mail needs is larger; a TLSA set of a hundred records already exceeds every use. */
    static final int MAX_RECORDS_PER_SET = 500;

    /** Names of zones as they stand in links, so that all links of a zone share one. */
    private static final int MAX_ZONE_NAMES = 10_000;

    private final SignatureCheck check;
    private final Clock clock;
    private final Duration skew;
    private final RrsetArchiver archive;
    private final LoadingCache<Name, DomainName> zoneNames = Caffeine.newBuilder().maximumSize(MAX_ZONE_NAMES).executor(Runnable::run)
        .build(WireNames::fromWire);

    RrsetVerifier(SignatureCheck check, Clock clock, Duration skew) {
        this(check, clock, skew, RrsetArchive.NONE);
    }

    RrsetVerifier(SignatureCheck check, Clock clock, Duration skew, RrsetArchive archive) {
        this.check = check;
        this.clock = clock;
        this.skew = skew;
        this.archive = new RrsetArchiver(archive);
    }

    /**
     * Verifies a set.
     *
     * @param apex the zone's apex
     * @param keys the keys of the zone that are trusted
     * @throws LookupFailure bogus, with the most telling reason, if no signature holds
     */
    VerifiedRrset verify(SignedRrset set, Name apex, List<ZoneKey> keys, Budget budget) {
        if (set.records().size() > MAX_RECORDS_PER_SET) {
            throw LookupFailure.bogus(apex, set + " has " + set.records().size() + " records, at most " + MAX_RECORDS_PER_SET
                + " are verified");
        }
        Instant now = clock.instant();
        Finding worst = Finding.MISSING;
        int tried = 0;
        for (RRSIGRecord signature : set.signatures()) {
            Finding finding = inspect(set, signature, apex, now);
            if (finding == Finding.GOOD) {
                List<ZoneKey> candidates = keys.stream().filter(key -> matches(key, signature)).limit(MAX_KEYS_PER_TAG).toList();
                // Those of unknown keys cost nothing, so they do not count.
                if (!candidates.isEmpty() && tried++ == MAX_SIGNATURES_PER_SET) {
                    break;
                }
                Optional<ZoneKey> key = verifyingKey(set, signature, apex, candidates, budget);
                if (key.isPresent()) {
                    return verified(set, signature, key.get(), now);
                }
                finding = candidates.isEmpty() ? Finding.NO_KEY : Finding.WRONG;
            }
            worst = finding.compareTo(worst) > 0 ? finding : worst;
        }
        throw LookupFailure.bogus(apex, worst.describe(set));
    }

    /** Findings about a signature, from the least to the most telling. */
    private enum Finding {
        MISSING("the signature over %s is missing"),
        OTHER_ZONE("no signature over %s is by this zone"),
        UNSUPPORTED("the signature over %s is of an unsupported algorithm"),
        LABELS("the signature over %s counts other labels than the name has"),
        NO_KEY("no trusted key of the zone made the signature over %s"),
        NOT_YET("the signature over %s is not yet valid"),
        EXPIRED("the signature over %s has expired"),
        WRONG("the signature over %s does not verify"),
        GOOD("the signature over %s is good");

        private final String text;

        Finding(String text) {
            this.text = text;
        }

        String describe(SignedRrset set) {
            return String.format(text, set);
        }
    }

    /** Everything about a signature that can be seen without computing it (RFC 4035 §5.3.1). */
    private Finding inspect(SignedRrset set, RRSIGRecord signature, Name apex, Instant now) {
        // The signer is the zone that contains the set; the keys are that zone's, so another name is another zone.
        if (!signature.getSigner().equals(apex) || !set.owner().subdomain(apex)) {
            return Finding.OTHER_ZONE;
        }
        if (!DnssecAlgorithms.isSupported(signature.getAlgorithm())) {
            return Finding.UNSUPPORTED;
        }
        // Fewer labels than the owner mean a wildcard, and that is within the zone too.
        if (signature.getLabels() > WireNames.signedLabels(set.owner()) || signature.getLabels() < WireNames.signedLabels(apex)) {
            return Finding.LABELS;
        }
        return inspectTimes(signature, now);
    }

    private Finding inspectTimes(RRSIGRecord signature, Instant now) {
        int time = (int) now.getEpochSecond();
        int expiration = (int) signature.getExpire().getEpochSecond();
        int inception = (int) signature.getTimeSigned().getEpochSecond();
        // RFC 4034 §3.1.5: 32-bit serial numbers (RFC 1982), compared by the sign of their difference. The tolerance is no serial
        // number, and near 2^31 the sum would turn round.
        int left = expiration - time;
        int age = time - inception;
        long tolerance = skew.toSeconds();
        if (left + tolerance < 0 || expiration - inception < 0) {
            return Finding.EXPIRED;
        }
        return age + tolerance < 0 ? Finding.NOT_YET : Finding.GOOD;
    }

    private Optional<ZoneKey> verifyingKey(SignedRrset set, RRSIGRecord signature, Name apex, List<ZoneKey> candidates, Budget budget) {
        for (ZoneKey key : candidates) {
            budget.spendSignature();
            if (check.verifies(set, signature, key)) {
                return Optional.of(key);
            }
            budget.spendWrongSignature(apex);
        }
        return Optional.empty();
    }

    private static boolean matches(ZoneKey key, RRSIGRecord signature) {
        return key.tag() == signature.getFootprint() && key.algorithm() == signature.getAlgorithm();
    }

    private VerifiedRrset verified(SignedRrset set, RRSIGRecord signature, ZoneKey key, Instant now) {
        int labels = signature.getLabels();
        Optional<Name> encloser = labels < WireNames.signedLabels(set.owner())
            ? Optional.of(WireNames.suffix(set.owner(), labels))
            : Optional.empty();
        Instant expiration = nearest(signature.getExpire(), now);
        Proof.Link link = new Proof.Link(zoneNames.get(signature.getSigner()), WireNames.fromWire(set.owner()), Type.string(set.type()),
            Proof.Link.key(key.tag(), key.algorithm()), nearest(signature.getTimeSigned(), now).getEpochSecond(),
            expiration.getEpochSecond(), archive.keep(set, signature));
        // RFC 4035 §5.3.3: neither longer than the original TTL nor than the signature.
        long ttl = Math.min(Math.min(set.ttl(), signature.getOrigTTL()), Math.max(0, Duration.between(now, expiration).toSeconds()));
        return new VerifiedRrset(set, encloser, link, ttl);
    }

    /** The instant a 32-bit time means, the one of the many that is nearest to now (RFC 4034 §3.1.5). */
    private static Instant nearest(Instant time, Instant now) {
        return Instant.ofEpochSecond(now.getEpochSecond() + ((int) time.getEpochSecond() - (int) now.getEpochSecond()));
    }
}
