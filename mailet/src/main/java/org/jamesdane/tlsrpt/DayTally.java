/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jamesdane.dns.DomainName;

/**
 * Sessions of one day that one domain's report tells of. Not safe for several threads; the caller synchronises.
 *
 * <p>Its size is bounded, its totals are exact: what there is no row for is counted in a row with less in it.
 */
public final class DayTally {
    /** Most rows of failures of one policy; further failures of a type are one row without addresses. */
    public static final int MAX_DETAILS = 1000;
    /** Most policies; further ones of a type are one without its text. Records change a few times a day. */
    public static final int MAX_POLICIES = 100;
    /** Most rows of failures over all policies. */
    public static final int MAX_ROWS = 10_000;

    private final DomainName reportDomain;
    private final Map<ReportedPolicy, Counts> policies = new HashMap<>();
    private int rows;

    /** Begins the report of a domain. */
    public DayTally(DomainName reportDomain) {
        this.reportDomain = reportDomain;
    }

    /** Counts of one policy; mutable. */
    private static final class Counts {
        private long successes;
        private long failures;
        private final Map<FailureDetail, Long> details = new HashMap<>();
    }

    /**
     * Counts of one policy.
     *
     * @param details sessions by failure, in the order of a report; together they are the failures
     */
    public record Row(ReportedPolicy policy, long successes, long failures, List<Detail> details) {
        public Row {
            details = List.copyOf(details);
        }
    }

    /**
     * Sessions with the same failure.
     *
     * @param sessions at least one
     */
    public record Detail(FailureDetail failure, long sessions) {
    }

    /** Adds one session. */
    public void add(SessionResult result) {
        add(result.policy(), result.failure(), 1);
    }

    /**
     * Adds sessions with the same result.
     *
     * @param failure their failure; empty for successes
     */
    public void add(ReportedPolicy policy, Optional<FailureDetail> failure, long sessions) {
        Counts counts = counts(policy);
        if (failure.isEmpty()) {
            counts.successes += sessions;
            return;
        }
        counts.failures += sessions;
        FailureDetail row = failure.get();
        if (!counts.details.containsKey(row) && (counts.details.size() >= MAX_DETAILS || rows >= MAX_ROWS)) {
            row = row.anywhere();
        }
        if (counts.details.merge(row, sessions, Long::sum) == sessions) {
            rows++;
        }
    }

    private Counts counts(ReportedPolicy policy) {
        ReportedPolicy row = policies.containsKey(policy) || policies.size() < MAX_POLICIES ? policy
            : new ReportedPolicy(policy.type(), List.of(), reportDomain, List.of());
        return policies.computeIfAbsent(row, ignored -> new Counts());
    }

    /** Tests whether no session was counted. */
    public boolean isEmpty() {
        return policies.isEmpty();
    }

    /** The counts in the order of a report. */
    public List<Row> rows() {
        List<Row> list = new ArrayList<>();
        Map<ReportedPolicy, Counts> sorted = new TreeMap<>(ReportedPolicy.ORDER);
        sorted.putAll(policies);
        sorted.forEach((policy, counts) -> list.add(new Row(policy, counts.successes, counts.failures, counts.details.entrySet().stream()
            .sorted(Map.Entry.comparingByKey(FailureDetail.ORDER)).map(entry -> new Detail(entry.getKey(), entry.getValue())).toList())));
        return list;
    }
}
