/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.apache.james.util.DurationParser;

/** The parameter {@code delayTime} in RemoteDelivery's form: {@code 5 minutes, 3*1 hour}. */
final class DelayTimeParameter {
    static final String ALLOWED = "delays between commas, each a duration such as \"5 minutes\" (milliseconds without a unit), "
        + "or repeated as in \"3*1 hour\", each at least 1 ms and all together at most 1000";
    private static final int MAX_DELAYS = 1000;

    private DelayTimeParameter() {
    }

    /** The delays of one part, {@code 3*1 hour} for example. */
    static List<Duration> parse(String part) {
        int star = part.indexOf('*');
        int times = star < 0 ? 1 : Integer.parseInt(part.substring(0, star).strip());
        if (times < 1 || times > MAX_DELAYS) {
            throw new IllegalArgumentException(times + " repetitions");
        }
        Duration delay = DurationParser.parse(part.substring(star + 1).strip());
        if (delay.isZero() || delay.isNegative()) {
            throw new IllegalArgumentException("a delay of nothing");
        }
        return Collections.nCopies(times, delay);
    }

    /** All parts in a row; the last delay is repeated until there are as many delays as retries are wanted. */
    static List<Duration> expand(List<List<Duration>> parts, int retries) {
        List<Duration> delays = new ArrayList<>();
        parts.forEach(delays::addAll);
        while (delays.size() < Math.min(retries, MAX_DELAYS)) {
            delays.add(delays.get(delays.size() - 1));
        }
        return List.copyOf(delays);
    }
}
