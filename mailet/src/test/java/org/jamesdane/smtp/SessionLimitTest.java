/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits learnt of a host's refusals, and their forgetting. */
class SessionLimitTest {
    private static final Instant START = Instant.parse("2026-11-01T12:00:00Z");

    /** Each event is {@code hours:mails:taken|same}; then what is known at the time of the last column. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "0:20:taken ; 0 ; none ; false",
        "0:20:taken 1:20:taken ; 1 ; 20 ; false",
        "0:20:taken 1:21:taken ; 1 ; 20 ; false",
        "0:22:taken 1:20:taken ; 1 ; 20 ; false",
        "0:100:taken 1:91:taken ; 1 ; 91 ; false",
        "0:100:taken 1:80:taken ; 1 ; none ; false",
        "0:20:taken 1:40:taken 2:20:taken ; 2 ; none ; false",
        "0:20:taken 1:40:taken 2:41:taken ; 2 ; 40 ; false",
        // Never below 5.
        "0:1:taken 0:1:taken ; 0 ; 5 ; false",
        "0:4:taken 0:5:taken ; 0 ; 5 ; false",
        // Forgotten after a day, the single number and the limit alike.
        "0:20:taken 23:20:taken ; 23 ; 20 ; false",
        "0:20:taken 24:20:taken ; 24 ; none ; false",
        "0:20:taken 1:20:taken ; 24 ; 20 ; false",
        "0:20:taken 1:20:taken ; 25 ; none ; false",
        // A clock that was set back makes nothing last.
        "5:20:taken 6:20:taken ; 4 ; none ; false",
        // The fresh one says the same: nothing is learnt, and the rule rests for an hour.
        "0:20:same ; 0 ; none ; true",
        "0:20:same 0:20:same ; 0 ; none ; true",
        "0:20:same ; 1 ; none ; false",
        "5:20:same ; 4 ; none ; false",
        "0:20:taken 1:20:same 3:20:taken ; 3 ; 20 ; false",
        "0:20:taken 1:20:taken 2:20:same ; 2 ; 20 ; true",
    })
    void shouldLearnAndForget(String events, long at, String limit, boolean rests) {
        SessionLimit known = SessionLimit.UNKNOWN;
        for (String event : events.split(" ", -1)) {
            String[] parts = event.split(":", -1);
            known = known.after(Integer.parseInt(parts[1]), parts[2].equals("taken"),
                START.plus(Duration.ofHours(Long.parseLong(parts[0]))));
        }
        Instant now = START.plus(Duration.ofHours(at));

        assertThat(known.mails(now)).isEqualTo(limit.equals("none") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(limit)));
        assertThat(known.rests(now)).isEqualTo(rests);
    }

    @Test
    void shouldForgetTheHostThatWasLongestOutOfUse() throws Exception {
        SessionLimits limits = new SessionLimits(() -> START);
        InetSocketAddress first = address(0);
        limits.learn(first, 20, false);
        for (int i = 1; i < 10_000; i++) {
            limits.learn(address(i), 20, false);
        }
        assertThat(limits.rests(first)).isTrue();
        limits.learn(address(10_000), 20, false);

        assertThat(limits.rests(first)).isTrue();
        assertThat(limits.rests(address(1))).isFalse();
    }

    private static InetSocketAddress address(int number) throws Exception {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, (byte) (number >> 8), (byte) number}), 25);
    }
}
