/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.inject.Inject;

import org.jamesdane.james.DaneEngine;
import org.jamesdane.store.AuditStatistics;
import org.jamesdane.store.Counter;
import org.jamesdane.text.PrintableText;

/**
 * Operations that report the findings of the policy {@code audit}: destinations from which enforcement would hold mail back, with reasons.
 */
final class StatisticsRoutes implements RouteGroup {
    private static final Duration BY_DEFAULT = Duration.ofDays(7);
    private static final String CSV = "text/csv";

    private final AuditStatistics statistics;
    private final InstantSource clock;

    @Inject
    StatisticsRoutes(DaneEngine engine) {
        this(engine.statistics(), engine.clock());
    }

    StatisticsRoutes(AuditStatistics statistics, InstantSource clock) {
        this.statistics = statistics;
        this.clock = clock;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.get("/statistics", this::show, "since", "format"));
    }

    /** The counts of one domain and reason. */
    private record Line(String domain, String finding, String reason, long mails, Instant first, Instant last) {
        Line and(Line other) {
            return new Line(domain, finding, reason, mails + other.mails, first.isBefore(other.first) ? first : other.first,
                last.isAfter(other.last) ? last : other.last);
        }
    }

    private Reply show(Call call) {
        Instant since = call.parameter("since").map(StatisticsRoutes::time).orElseGet(() -> clock.instant().minus(BY_DEFAULT));
        boolean csv = csv(call);
        List<Line> lines = SettingFields.guarded(() -> lines(statistics.since(since)));
        return csv ? new Reply.Text(CSV, text(lines)) : new Reply.Json(tree(since, lines));
    }

    private static boolean csv(Call call) {
        Optional<String> format = call.parameter("format");
        if (format.isPresent() && !format.get().equals("csv") && !format.get().equals("json")) {
            throw Refusal.badRequest("The query parameter format=" + PrintableText.of(format.get())
                + " is not allowed; it is json or csv.");
        }
        return format.map("csv"::equals).orElseGet(() -> call.prefers(CSV));
    }

    static Instant time(String text) {
        try {
            return text.length() <= "2026-11-25".length() ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                : Instant.parse(text);
        } catch (DateTimeException e) {
            throw Refusal.badRequest("The query parameter since=" + PrintableText.of(text) + " is no point in time; it is written "
                + "2026-11-25 or 2026-11-25T12:00:00Z.");
        }
    }

    /** Lines for each domain, finding and reason, the most mails first. */
    private static List<Line> lines(List<Counter> counters) {
        Map<List<String>, Line> sums = new LinkedHashMap<>();
        for (Counter counter : counters) {
            sums.merge(List.of(counter.domain(), counter.finding(), counter.reason()), new Line(counter.domain(), counter.finding(),
                counter.reason(), counter.count(), counter.hour(), counter.hour()), Line::and);
        }
        List<Line> lines = new ArrayList<>(sums.values());
        lines.sort(Comparator.comparingLong(Line::mails).reversed().thenComparing(Line::domain).thenComparing(Line::reason));
        return lines;
    }

    private static Map<String, Object> tree(Instant since, List<Line> lines) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (Line line : lines) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("domain", line.domain());
            each.put("finding", line.finding());
            each.put("reason", line.reason());
            each.put("mails", line.mails());
            each.put("firstHour", line.first().toString());
            each.put("lastHour", line.last().toString());
            list.add(each);
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("since", since.toString());
        tree.put("counts", list);
        return tree;
    }

    private static String text(List<Line> lines) {
        StringBuilder text = new StringBuilder("domain,finding,reason,mails,first hour,last hour\r\n");
        for (Line line : lines) {
            text.append(cell(line.domain())).append(',').append(cell(line.finding())).append(',').append(cell(line.reason())).append(',')
                .append(line.mails()).append(',').append(line.first()).append(',').append(line.last()).append("\r\n");
        }
        return text.toString();
    }

    /** RFC 4180 §2; what a spreadsheet would take for a formula is made a text, for a domain's name is a stranger's choice. */
    static String cell(String text) {
        String harmless = text.isEmpty() || "=+-@\t\r".indexOf(text.charAt(0)) < 0 ? text : "'" + text;
        return harmless.matches("[A-Za-z0-9._()-]*") ? harmless : "\"" + harmless.replace("\"", "\"\"") + "\"";
    }
}
