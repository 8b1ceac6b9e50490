/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

/** Contract of every store of counters. */
abstract class CounterStoreContract {
    private static final Instant HOUR = Entries.START;

    /** A store of this test's own, empty at first; each call gives another node's view of the same data. */
    abstract CounterStore node();

    private static Counter counter(Instant hour, String domain, long count) {
        return new Counter(hour, domain, "would-have-deferred", "not-authenticated", count);
    }

    @Test
    void shouldAddUpWhatDifferentRunsCounted() throws StoreException {
        node().write("one", List.of(counter(HOUR, "a.example", 3), counter(HOUR, "b.example", 1)), HOUR);
        node().write("two", List.of(counter(HOUR, "a.example", 4)), HOUR);

        assertThat(node().read(HOUR)).containsExactlyInAnyOrder(counter(HOUR, "a.example", 7), counter(HOUR, "b.example", 1));
    }

    @Test
    void shouldNotCountTwiceWhatIsWrittenTwice() throws StoreException {
        node().write("one", List.of(counter(HOUR, "a.example", 3)), HOUR);
        node().write("one", List.of(counter(HOUR, "a.example", 3)), HOUR);
        node().write("one", List.of(counter(HOUR, "a.example", 5)), HOUR);

        assertThat(node().read(HOUR)).containsExactly(counter(HOUR, "a.example", 5));
    }

    @Test
    void shouldGiveOnlyWhatWasAskedFor() throws StoreException {
        Instant later = HOUR.plus(Duration.ofHours(1));
        node().write("one", List.of(counter(HOUR, "a.example", 3), counter(later, "a.example", 1)), later);

        assertThat(node().read(later)).containsExactly(counter(later, "a.example", 1));
    }

    @Test
    void shouldForgetWhatIsOlderThanAMonth() throws StoreException {
        node().write("one", List.of(counter(HOUR, "a.example", 3)), HOUR);
        Instant later = HOUR.plus(CounterStore.RETENTION).plusSeconds(3600);
        node().write("two", List.of(counter(later, "a.example", 1)), later);

        assertThat(node().read(Instant.EPOCH)).containsExactly(counter(later, "a.example", 1));
    }
}
