/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.List;
import java.util.Optional;

import org.jamesdane.dns.CnameRecord;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.MxRecord;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.TlsaRecord;
import org.jamesdane.dns.TxtRecord;
import org.jamesdane.dns.validating.ZoneStatus.InsecureZone;
import org.jamesdane.dns.validating.ZoneStatus.SecureZone;

/**
 * Estimates the octets of heap that a cache entry takes, for the bounds of the caches. An estimate is rather too high than too low. Objects
 * that entries may share count for each entry, except the links of the root and the top-level domains.
 */
final class HeapWeigher {
    /** The octets of heap that one entry of {@link ValidatorConfig#cacheMaxEntries} stands for in the cache of answers. */
    static final int ANSWER = 2048;
    /** The same in the cache of zones, of which there is one for a few answers. */
    static final int ZONE = 1024;

    /** An entry of a cache with its key. */
    private static final int ENTRY = 400;
    private static final long OBJECT = 48;
    /** A key object keeps the numbers, and the octets twice. */
    private static final int KEY = 600;
    private static final int COPIES_OF_KEY = 3;

    /** An id with its octets. */
    private static final int ID = 96;

    private HeapWeigher() {
    }

    static int of(AnswerCache.Entry entry) {
        if (entry instanceof AnswerCache.Entry.Answered answered) {
            Answer answer = answered.answer();
            long records = answer.records().stream().mapToLong(HeapWeigher::of).sum();
            return clamp(ENTRY + OBJECT + records + answer.target().map(HeapWeigher::of).orElse(0L) + of(answer.proof()));
        }
        LookupFailure failure = ((AnswerCache.Entry.Failed) entry).failure();
        return clamp(ENTRY + 2 * OBJECT + 2L * failure.text().length() + of(failure.proved()));
    }

    static int of(ZoneStatus step) {
        if (step instanceof SecureZone zone) {
            long keys = zone.keys().stream().mapToLong(key -> KEY + COPIES_OF_KEY * (long) key.record().getKey().length).sum();
            return clamp(ENTRY + OBJECT + keys + of(zone.chain()));
        }
        return clamp(ENTRY + OBJECT + (step instanceof InsecureZone insecure ? of(insecure.proof()) : 0));
    }

    private static long of(Proof proof) {
        long zone = Optional.of(proof).filter(Proof.Insecure.class::isInstance).map(Proof.Insecure.class::cast)
            .map(insecure -> of(insecure.zone())).orElse(0L);
        return OBJECT + zone + of(proof.chain());
    }

    private static long of(List<Proof.Link> chain) {
        return chain.stream().mapToLong(link -> Long.BYTES + (isBelowTopLevel(link.owner()) ? of(link) : 0)).sum();
    }

    private static long of(Proof.Link link) {
        return 2 * OBJECT + of(link.owner()) + (link.id().isPresent() ? ID : 0);
    }

    private static long of(DnsRecord record) {
        if (record instanceof MxRecord mx) {
            return OBJECT + of(mx.exchange());
        } else if (record instanceof CnameRecord cname) {
            return OBJECT + of(cname.target());
        } else if (record instanceof TlsaRecord tlsa) {
            return 2 * OBJECT + tlsa.associationData().length;
        } else if (record instanceof TxtRecord txt) {
            return OBJECT + txt.strings().stream().mapToLong(string -> OBJECT + string.length).sum();
        }
        return 2 * OBJECT;
    }

    private static long of(DomainName name) {
        return 2 * OBJECT + name.toString().length();
    }

    private static boolean isBelowTopLevel(DomainName name) {
        // The root is a lone dot.
        return name.toString().indexOf('.') > 0;
    }

    private static int clamp(long octets) {
        return (int) Math.min(octets, Integer.MAX_VALUE);
    }
}
