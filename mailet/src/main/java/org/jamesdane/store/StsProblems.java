/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.CachedPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sentences about what an operator has to mend where MTA-STS policies are kept. Readers do not wait. */
final class StsProblems {
    private static final Logger LOGGER = LoggerFactory.getLogger(StsProblems.class);

    /** By what it is about. */
    private final Map<String, String> problems = new ConcurrentHashMap<>();

    /** Sets the sentence about something, or removes it; the first of several in a row is logged as an error. */
    void set(String what, Optional<String> sentence) {
        String before = sentence.isPresent() ? problems.put(what, sentence.get()) : problems.remove(what);
        if (sentence.isPresent() && before == null) {
            LOGGER.error("{}", sentence.get());
        }
    }

    /** Sets the sentence about a write that failed. */
    void unwritten(StoreException failure) {
        set("written", Optional.of("the MTA-STS policies can't be kept for the next start: " + failure.sentence()));
    }

    /** The sentences, with one about policies in mode {@code enforce} whose refresh is overdue. */
    List<String> all(Map<DomainName, CachedPolicy> policies, Instant now) {
        TreeSet<String> overdue = new TreeSet<>();
        policies.forEach((domain, policy) -> {
            if (policy.isOverdue(now)) {
                overdue.add(domain + " since " + policy.staleSince());
            }
        });
        List<String> all = new ArrayList<>(problems.values());
        if (!overdue.isEmpty()) {
            all.add("the MTA-STS policies of " + overdue.size() + " domains can't be fetched anew, and end by their lifetime: "
                + overdue.first() + (overdue.size() > 1 ? " and others" : ""));
        }
        return all;
    }
}
