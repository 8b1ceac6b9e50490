/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.policy.NextHop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditStatisticsTest {
    private static final Instant DAY_BEFORE = Entries.START.minus(Duration.ofDays(1));

    private final Path directory;
    private final Entries.MovedClock clock = new Entries.MovedClock();
    private final StoreThread thread = new StoreThread();

    AuditStatisticsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @AfterEach
    void endThread() {
        thread.close();
    }

    private AuditStatistics run(String name) {
        return new AuditStatistics(new FileCounterStore(directory), thread, clock, name);
    }

    private static void count(AuditStatistics statistics, String domain, HostFailure... failures) {
        statistics.count(NextHop.ofRecipientDomain(domain, 25),
            new AuditRules.Audited(AuditRules.Finding.WOULD_HAVE_DEFERRED, List.of(failures)));
    }

    @Test
    void shouldCountAMailOnceForEachReason() throws Exception {
        AuditStatistics statistics = run("one");
        HostFailure first = HostFailure.startTlsMissing("mx1.example.com");
        HostFailure second = HostFailure.startTlsMissing("mx2.example.com");

        count(statistics, "example.com", first, second);
        count(statistics, "example.com", first, HostFailure.handshake("mx2.example.com", "no common version"));

        assertThat(statistics.since(DAY_BEFORE)).containsExactlyInAnyOrder(
            new Counter(Entries.START, "example.com", "would-have-deferred", "starttls-missing", 2),
            new Counter(Entries.START, "example.com", "would-have-deferred", "handshake", 1));
    }

    @Test
    void shouldAddUpNodesAndRunsAndKeepHoursApart() throws Exception {
        HostFailure failure = HostFailure.startTlsMissing("mx");
        count(run("an earlier run"), "example.com", failure);
        AuditStatistics here = run("here");
        AuditStatistics there = run("there");
        count(here, "example.com", failure);
        count(there, "example.com", failure);
        there.flush();
        clock.forward(Duration.ofHours(3));
        count(here, "example.com", failure);
        here.flush();
        count(here, "example.com", failure);

        assertThat(here.since(DAY_BEFORE)).extracting(Counter::hour, Counter::count).containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(Entries.START, 2L),
            org.assertj.core.groups.Tuple.tuple(Entries.START.plus(Duration.ofHours(3)), 2L));
    }

    @Test
    void shouldBoundTheDomainsThatAreCountedByName() throws Exception {
        AuditStatistics statistics = run("one");
        for (int i = 0; i < AuditStatistics.MAX_DOMAINS + 10; i++) {
            count(statistics, "domain" + i + ".example", HostFailure.startTlsMissing("mx"));
        }
        count(statistics, "domain7.example", HostFailure.startTlsMissing("mx"));

        List<Counter> counters = statistics.since(DAY_BEFORE);
        assertThat(counters).hasSize(AuditStatistics.MAX_DOMAINS + 1);
        assertThat(counters).filteredOn(counter -> counter.domain().equals(Counter.OTHERS)).extracting(Counter::count).containsExactly(10L);
        assertThat(counters).filteredOn(counter -> counter.domain().equals("domain7.example")).extracting(Counter::count)
            .containsExactly(2L);
    }

    @Test
    void shouldKeepCountingWhileTheStoreFailsAndWriteAllAfterwards() throws Exception {
        Path file = directory.resolve("statistics.json");
        AuditStatistics statistics = run("one");
        count(statistics, "example.com", HostFailure.startTlsMissing("mx"));
        Files.writeString(file, "damaged");
        assertThatThrownBy(() -> statistics.since(DAY_BEFORE)).isInstanceOf(StoreException.class).hasMessageContaining("statistics.json");
        clock.forward(Duration.ofHours(5));
        count(statistics, "example.com", HostFailure.startTlsMissing("mx"));

        Files.delete(file);

        assertThat(statistics.since(DAY_BEFORE)).extracting(Counter::count).containsExactly(1L, 1L);
    }
}
