/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;

/** Kept policies, records and fetches, from the words of the tables. */
final class StsBed {
    static final Instant NOW = Instant.parse("2026-11-15T12:00:00Z");
    private static final Pattern KEPT = Pattern.compile(
        "(enforce|testing|none) (\\w+) (\\w+) of (\\w+)( due)?(?: used (\\w+))?(?: failing (\\w+))?");

    private StsBed() {
    }

    static Duration duration(String text) {
        long number = Long.parseLong(text.substring(0, text.length() - 1));
        return switch (text.charAt(text.length() - 1)) {
            case 's' -> Duration.ofSeconds(number);
            case 'm' -> Duration.ofMinutes(number);
            case 'h' -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    /** A policy for mx.example.com and the hosts right below example.net. */
    static StsPolicy policy(String mode, Duration age) {
        String text = "version: STSv1\nmode: " + mode + "\nmx: mx.example.com\nmx: *.example.net\nmax_age: " + age.toSeconds() + "\n";
        return ((StsPolicy.Read) StsPolicy.read(text.getBytes(StandardCharsets.UTF_8))).policy();
    }

    /** {@code enforce A 1d of 7d due used 200d failing 2d}. */
    static CachedPolicy kept(String text) {
        Matcher words = KEPT.matcher(text);
        if (!words.matches()) {
            throw new IllegalArgumentException(text);
        }
        Instant fetched = NOW.minus(duration(words.group(3)));
        return new CachedPolicy(words.group(2), policy(words.group(1), duration(words.group(4))), fetched,
            words.group(5) == null ? NOW.plusSeconds(1) : NOW, Optional.ofNullable(words.group(7)).map(since -> NOW.minus(duration(since))),
            words.group(6) == null ? fetched : NOW.minus(duration(words.group(6))));
    }

    static StsState.Kept knowledge(String text) {
        return switch (text) {
            case "-" -> new StsState.Nothing();
            case "unreadable" -> new StsState.Unreadable("the disk is on fire");
            default -> new StsState.Policy(kept(text));
        };
    }

    static StsRecord record(String text) {
        return switch (text) {
            case "absent" -> new StsRecord.Absent();
            case "invalid" -> new StsRecord.Invalid("it has no id");
            case "failed" -> new StsRecord.LookupFailed(new Lookup.Failed<>(DomainName.of("_mta-sts.example.com"), Lookup.Reason.TIMEOUT,
                Optional.empty(), "no reply", OptionalInt.empty()));
            default -> new StsRecord.Published(text.substring("id ".length()));
        };
    }

    static FetchHistory history(String text) {
        Optional<Instant> last = Optional.empty();
        Map<String, FetchHistory.Failure> failures = new HashMap<>();
        for (String each : text.split(", ", -1)) {
            String[] words = each.split(" ", -1);
            if (words.length == 2) {
                last = Optional.of(NOW.minus(duration(words[1])));
            } else if (words.length == 3) {
                failures.put(words[0],
                    new FetchHistory.Failure(Integer.parseInt(words[1].substring(1)), NOW.minus(duration(words[2])), "failed"));
            }
        }
        return new FetchHistory(last, failures, Optional.empty());
    }

    static PolicyFetch fetch(String text) {
        return switch (text) {
            case "unavailable" -> new PolicyFetch.Failed(PolicyFetch.Cause.UNAVAILABLE, "status 404");
            case "certificate" -> new PolicyFetch.Failed(PolicyFetch.Cause.CERTIFICATE, "it expired");
            case "invalid" -> PolicyFetch.of("<html>".getBytes(StandardCharsets.US_ASCII));
            default -> new PolicyFetch.Fetched(policy(text.split(" ", -1)[0], duration(text.split(" ", -1)[1])), Optional.empty());
        };
    }

    static Random random() {
        return new Random(1);
    }
}
