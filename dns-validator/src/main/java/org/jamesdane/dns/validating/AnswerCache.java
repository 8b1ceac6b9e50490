/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jamesdane.dns.CnameRecord;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.MxRecord;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.TlsaRecord;
import org.xbill.DNS.Name;

/** Answers and failures by question. Bounded by weight; an answer is never given after its time. */
final class AnswerCache {
    /** About what an ordinary answer takes with its proof, so that it weighs 1. */
    static final long OCTETS_PER_WEIGHT = 4096;
    /** What an object takes beside its text. */
    private static final long OVERHEAD = 64;

    private final Cache<Question, Entry> entries;
    private final Clock clock;
    private final AtomicLong flushes = new AtomicLong();

    /** An answer, or why there is none, and until when that is kept. */
    sealed interface Entry {
        Instant expiry();

        /** An answer with its proof. */
        record Answered(Answer answer) implements Entry {
            @Override
            public Instant expiry() {
                return answer.expiry();
            }
        }

        /** A failure. */
        record Failed(LookupFailure failure, Instant expiry) implements Entry {
        }
    }

    /**
     * Starts empty.
     *
     * @param maxWeight an entry weighs 1, and 1 more for each full {@link #OCTETS_PER_WEIGHT} octets of its answer
     */
    AnswerCache(long maxWeight, Clock clock) {
        this.clock = clock;
        this.entries = Caffeine.newBuilder()
            .maximumWeight(maxWeight)
            .weigher((Question question, Entry entry) -> entry instanceof Entry.Answered answered
                ? 1 + (int) (octets(answered.answer()) / OCTETS_PER_WEIGHT)
                : 1)
            .executor(Runnable::run)
            .build();
    }

    /** About what an answer takes in memory, where names are no longer compressed: a name of many labels is kept label by label. */
    private static long octets(Answer answer) {
        long records = answer.records().stream().mapToLong(AnswerCache::octets).sum();
        long proof = answer.proof() instanceof Proof.Secure secure
            ? secure.chain().stream().mapToLong(link -> OVERHEAD + octets(link.owner())).sum()
            : 0;
        return records + proof + answer.target().map(AnswerCache::octets).orElse(0L);
    }

    private static long octets(DnsRecord record) {
        if (record instanceof MxRecord mx) {
            return OVERHEAD + octets(mx.exchange());
        } else if (record instanceof CnameRecord cname) {
            return OVERHEAD + octets(cname.target());
        } else if (record instanceof TlsaRecord tlsa) {
            return OVERHEAD + tlsa.associationData().length;
        }
        return OVERHEAD;
    }

    private static long octets(DomainName name) {
        return 2L * name.toString().length() + OVERHEAD * name.labels().size();
    }

    Optional<Entry> get(Question question) {
        Entry entry = entries.getIfPresent(question);
        if (entry == null) {
            return Optional.empty();
        }
        if (!entry.expiry().isAfter(clock.instant())) {
            entries.asMap().remove(question, entry);
            return Optional.empty();
        }
        return Optional.of(entry);
    }

    /** To be read before work on a question starts, and given to {@link #put} with its result. */
    long epoch() {
        return flushes.get();
    }

    /** Keeps an entry, unless something was flushed since the work on it started: it may rest on what was flushed. */
    void put(Question question, Entry entry, long epoch) {
        if (entry.expiry().isAfter(clock.instant()) && epoch == flushes.get()) {
            entries.put(question, entry);
            if (epoch != flushes.get()) {
                entries.asMap().remove(question, entry);
            }
        }
    }

    /** Forgets a name and everything below it. */
    void flush(Name name) {
        flushes.incrementAndGet();
        entries.asMap().keySet().removeIf(question -> question.name().subdomain(name));
    }

    /** What is kept at and below a name. */
    Map<Question, Entry> inspect(Name name) {
        Map<Question, Entry> found = new TreeMap<>(
            Comparator.comparing(Question::name).thenComparingInt(Question::type));
        entries.asMap().forEach((question, entry) -> {
            if (question.name().subdomain(name) && entry.expiry().isAfter(clock.instant())) {
                found.put(question, entry);
            }
        });
        return found;
    }

    long size() {
        return entries.estimatedSize();
    }
}
