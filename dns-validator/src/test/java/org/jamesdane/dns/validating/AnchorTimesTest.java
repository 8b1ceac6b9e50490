/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.validating.ElapsedTime.Moment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The times of RFC 5011 §2.3, and what of the time that has passed counts. */
class AnchorTimesTest {
    private static final Instant THEN = Instant.parse("2026-12-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({
        // TTL, life of the signature, next query, next query after a failure; in hours
        "48, 480, 24, 4",
        "1, 480, 1, 1",
        "960, 480, 240, 24",
        "9600, 9600, 360, 24",
        "48, 1, 1, 1",
    })
    void shouldAskAsOftenAsTheRfcSays(int ttl, int life, int success, int failure) {
        Duration original = Duration.ofHours(ttl);
        Duration left = Duration.ofHours(life);

        assertThat(RefreshTimes.afterSuccess(original, left).toHours()).isEqualTo(success);
        assertThat(RefreshTimes.afterFailure(RefreshTimes.afterSuccess(original, left)).toHours()).isEqualTo(failure);
    }

    @ParameterizedTest
    @CsvSource({
        // wall clock, monotonic timer; counted, gap
        "1, 1, 1, 1",
        "8760, 1, 1, 8760",
        "-8760, 1, 0, 1",
        "24, 0, 0, 24",
    })
    void shouldCountTheSmallerOfTwoClocks(int wall, int monotonic, int counted, int gap) {
        Moment before = new Moment(THEN, 5);
        Moment now = new Moment(THEN.plus(Duration.ofHours(wall)), 5 + Duration.ofHours(monotonic).toNanos());

        assertThat(ElapsedTime.between(before, now)).isEqualTo(new ElapsedTime(Duration.ofHours(counted), Duration.ofHours(gap)));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "24, 24, 24", "8760, 24, 8760", "-8760, 0, 0"})
    void shouldCountOneIntervalAtMostAcrossARestart(int wall, int counted, int gap) {
        TrustPoint.LastSight last = new TrustPoint.LastSight(THEN, Duration.ofHours(24));

        assertThat(ElapsedTime.sinceRestart(last, THEN.plus(Duration.ofHours(wall))))
            .isEqualTo(new ElapsedTime(Duration.ofHours(counted), Duration.ofHours(gap)));
    }

    @Test
    void shouldAskWhenTheTimeHasComeAndNotBefore() {
        AnchorWorld world = new AnchorWorld("A");
        assertThat(world.node().due()).containsExactly(DomainName.ROOT);
        world.node().asked(DomainName.ROOT);
        assertThat(world.node().due()).as("asked, and nothing came").isEmpty();
        world.passes(Duration.ofHours(1));
        assertThat(world.node().due()).as("again after an hour").containsExactly(DomainName.ROOT);

        world.shows(List.of("A*", "(ttl", "2)"));
        world.passes(Duration.ofHours(23));
        assertThat(world.node().due()).isEmpty();
        world.passes(Duration.ofHours(1));
        assertThat(world.node().due()).as("half the TTL").containsExactly(DomainName.ROOT);
        world.node().asked(DomainName.ROOT);
        world.passes(Duration.ofHours(4));
        assertThat(world.node().due()).isEmpty();
        world.passes(Duration.ofHours(1));
        assertThat(world.node().due()).as("a tenth of the TTL").containsExactly(DomainName.ROOT);
    }

    @Test
    void shouldNotAskMoreOftenByRestarts() {
        AnchorWorld world = new AnchorWorld("A");
        world.shows(List.of("A*"));
        world.passes(Duration.ofMinutes(10));
        world.restart();
        assertThat(world.node().due()).isEmpty();
        world.passes(Duration.ofMinutes(50));
        assertThat(world.node().due()).containsExactly(DomainName.ROOT);
    }
}
