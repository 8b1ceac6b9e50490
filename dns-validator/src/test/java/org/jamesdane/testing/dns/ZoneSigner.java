/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** Makes signatures, each once: an RRset that did not change keeps the signature it had. */
final class ZoneSigner {
    private static final Duration ASIDE = Duration.ofHours(1);

    private final Map<Work, List<RRSIGRecord>> done = new HashMap<>();

    private record Work(Name zone, List<Record> records, long ttl, List<SigningKey> keys, Signatures how) {
    }

    void forget(Name zone) {
        done.keySet().removeIf(work -> work.zone().equals(zone));
    }

    /** The RRset with the signatures that the zone has over it. */
    RRset sign(SignedZone zone, RRset unsigned, Instant now) {
        Signatures how = zone.signaturesOver(unsigned.getName(), unsigned.getType());
        RRset signed = new RRset(unsigned);
        if (zone.isSigned() && how != Signatures.MISSING) {
            Work work = new Work(zone.origin(), unsigned.rrs(false), unsigned.getTTL(), zone.keys(), how);
            done.computeIfAbsent(work, w -> signatures(zone, unsigned, how, now)).forEach(signed::addRR);
        }
        return signed;
    }

    private static List<RRSIGRecord> signatures(SignedZone zone, RRset rrset, Signatures how, Instant now) {
        Instant inception = now.minus(zone.age());
        Instant expiration = now.plus(zone.validity());
        if (how == Signatures.EXPIRED) {
            expiration = now.minus(ASIDE);
            inception = expiration.minus(zone.validity());
        } else if (how == Signatures.NOT_YET_VALID) {
            inception = now.plus(ASIDE);
            expiration = inception.plus(zone.validity());
        }
        List<RRSIGRecord> signatures = new ArrayList<>();
        for (SigningKey key : zone.keys()) {
            if (rrset.getType() == Type.DNSKEY ? key.signsKeys() : key.signsData()) {
                RRSIGRecord signature = key.sign(rrset, zone.origin(), inception, expiration);
                signatures.add(how == Signatures.CORRUPT ? corrupt(signature) : signature);
            }
        }
        return signatures;
    }

    private static RRSIGRecord corrupt(RRSIGRecord signature) {
        byte[] octets = signature.getSignature();
        octets[octets.length / 2] ^= 1;
        return new RRSIGRecord(signature.getName(), signature.getDClass(), signature.getTTL(), signature.getTypeCovered(),
            signature.getAlgorithm(), signature.getOrigTTL(), signature.getExpire(), signature.getTimeSigned(),
            signature.getFootprint(), signature.getSigner(), octets);
    }
}
