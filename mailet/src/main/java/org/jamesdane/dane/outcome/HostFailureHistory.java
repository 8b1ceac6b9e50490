/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.outcome;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.routing.RoutingRules;

/**
 * Failures of a mail at each host since its first attempt, for the notice at the end of its life. Without this log the sender would hear of
 * the last attempt alone. It is kept with the mail, and bounded.
 *
 * @param entries the one seen last first
 */
public record HostFailureHistory(List<Entry> entries) {
    /** History of a mail that was not tried yet. */
    public static final HostFailureHistory EMPTY = new HostFailureHistory(List.of());
    /** Most entries: two ways to fail for each of the hosts that are tried at most. */
    static final int MAX_ENTRIES = 2 * RoutingRules.DEFAULT_MAX_HOSTS;
    /** A sentence about a host, with what it said. */
    private static final int MAX_TEXT = 400;
    private static final String SEPARATOR = "\t";
    private static final int FIELDS = 6;
    /** Key for replies of a host about the mail itself. */
    private static final String REPLY = "REPLY";

    /**
     * Way in which a host failed.
     *
     * @param host the host, or the domain where no host was known
     * @param kind the name of the {@link FailureKind}, or {@code REPLY}
     * @param since when it was seen first
     * @param last when it was seen last
     * @param times how often
     * @param text what was wrong the last time
     */
    public record Entry(String host, String kind, Instant since, Instant last, int times, String text) {
        private boolean isAbout(Entry other) {
            return host.equals(other.host) && kind.equals(other.kind);
        }

        private Entry after(Entry earlier) {
            return new Entry(host, kind, earlier.since, last, earlier.times + 1, text);
        }

        private String line() {
            return String.join(SEPARATOR, host, kind, since.toString(), last.toString(), String.valueOf(times), text);
        }

        /** Sentence without a final stop. */
        public String sentence() {
            return text + (times == 1 ? " (at " + minute(last) + ")"
                : " (" + times + " times since " + minute(since) + ", the last time at " + minute(last) + ")");
        }

        private static String minute(Instant time) {
            return time.truncatedTo(ChronoUnit.MINUTES).toString();
        }
    }

    public HostFailureHistory {
        entries = List.copyOf(entries);
    }

    /**
     * This history with the failures of one more attempt. A fault of this server says nothing of a host and is left out.
     *
     * @param outcomes of all recipients
     */
    public HostFailureHistory with(List<Outcome> outcomes, Instant now) {
        List<Entry> seen = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            Outcome.Reason reason = outcome instanceof Outcome.Deferred deferred ? deferred.reason()
                : outcome instanceof Outcome.Bounced bounced ? bounced.reason() : null;
            if (reason != null) {
                reason.failures().stream().filter(failure -> !failure.ownFault()).forEach(failure ->
                    add(seen, new Entry(failure.host(), failure.kind().name(), now, now, 1, shown(failure.sentence()))));
                if (reason.replyCode().isPresent()) {
                    add(seen, new Entry(reason.host(), REPLY, now, now, 1, shown(reason.host() + " said: " + reason.text())));
                }
            }
        }
        List<Entry> merged = new ArrayList<>(seen.stream()
            .map(entry -> entries.stream().filter(entry::isAbout).findFirst().map(entry::after).orElse(entry)).toList());
        entries.stream().filter(old -> seen.stream().noneMatch(old::isAbout)).forEach(merged::add);
        return new HostFailureHistory(merged.subList(0, Math.min(merged.size(), MAX_ENTRIES)));
    }

    private static void add(List<Entry> seen, Entry entry) {
        if (seen.stream().noneMatch(entry::isAbout)) {
            seen.add(entry);
        }
    }

    private static String shown(String text) {
        String plain = text.replaceAll("\\p{Cntrl}+", " ");
        return plain.length() <= MAX_TEXT ? plain : plain.substring(0, MAX_TEXT) + "…";
    }

    /** Writes the log as text: a line for each entry. */
    public String encode() {
        return String.join("\n", entries.stream().map(Entry::line).toList());
    }

    /** Reads the form of {@link #encode}; what is no entry is left out, since nothing but a text depends on it. */
    public static HostFailureHistory decode(String text) {
        return new HostFailureHistory(text.lines().map(HostFailureHistory::entry).flatMap(Optional::stream).limit(MAX_ENTRIES).toList());
    }

    private static Optional<Entry> entry(String line) {
        String[] fields = line.split(SEPARATOR, FIELDS);
        try {
            return fields.length < FIELDS ? Optional.empty() : Optional.of(new Entry(fields[0], fields[1], Instant.parse(fields[2]),
                Instant.parse(fields[3]), Integer.parseInt(fields[4]), fields[5]));
        } catch (DateTimeException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
