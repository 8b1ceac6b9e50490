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
import org.xbill.DNS.Name;

/** Answers and failures by question. Bounded by the heap they take; an answer is never given after its time. */
final class AnswerCache {
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
     * @param maxOctets about how much of the heap it may take, as {@link HeapWeigher} counts
     */
    AnswerCache(long maxOctets, Clock clock) {
        this.clock = clock;
        this.entries = Caffeine.newBuilder()
            .maximumWeight(maxOctets)
            .weigher((Question question, Entry entry) -> HeapWeigher.of(entry))
            .executor(Runnable::run)
            .build();
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

    /** Number of flushes so far; the caller reads it before work on a question and gives it to {@link #put} with the result. */
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

    /** Entries at and below a name. */
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
