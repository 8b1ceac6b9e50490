/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PlacesTest {
    private final TestAlarm alarm = new TestAlarm();
    private final Deadline deadline = Deadline.in(PolicyHosts.LIMIT, alarm);
    private final Places<String> places = new Places<>(key -> key.equals("two") ? 2 : 1);
    private final BlockingQueue<String> order = new LinkedBlockingQueue<>();

    /** Waits for a place in a thread of its own, and says so when it is taken or refused. */
    private void waitFor(String name, Deadline until, int waitingThen) {
        Thread thread = new Thread(() -> {
            try {
                places.take("one", until);
                order.add(name);
            } catch (FetchFailure e) {
                order.add(name + " failed: " + e.getMessage());
            }
        });
        thread.setDaemon(true);
        thread.start();
        await().until(() -> places.waiting("one") == waitingThen);
    }

    private String next() throws InterruptedException {
        return String.valueOf(order.poll(30, TimeUnit.SECONDS));
    }

    @Test
    void shouldGiveAPlaceToWhoWaitsLongest() throws Exception {
        Places.Place taken = places.take("one", deadline);
        waitFor("first", deadline, 1);
        waitFor("second", Deadline.in(PolicyHosts.LIMIT, alarm), 2);

        assertThat(order).isEmpty();
        taken.close();

        assertThat(next()).isEqualTo("first");
        assertThat(places.waiting("one")).isEqualTo(1);
    }

    @Test
    void shouldHaveTheLimitOfEachKey() throws Exception {
        List<Places.Place> taken = new ArrayList<>(List.of(places.take("two", deadline), places.take("two", deadline),
            places.take("one", deadline), places.take("other", deadline)));

        assertThat(places.keys()).isEqualTo(3);
        alarm.ring();
        assertThatThrownBy(() -> places.take("two", deadline)).isInstanceOf(FetchFailure.class);
        for (Places.Place each : taken) {
            each.close();
        }
        assertThat(places.keys()).as("nothing is kept of keys that are free").isZero();
    }

    @Test
    void shouldPassOverWhoHasLeft() throws Exception {
        Places.Place taken = places.take("one", deadline);
        Deadline short1 = Deadline.in(PolicyHosts.LIMIT, alarm);
        waitFor("impatient", short1, 1);
        waitFor("patient", Deadline.in(PolicyHosts.LIMIT, alarm), 2);

        short1.end("it took too long");
        assertThat(next()).isEqualTo("impatient failed: it took too long");
        taken.close();

        assertThat(next()).isEqualTo("patient");
    }

    @Test
    void shouldGiveAPlaceBackOnlyOnce() throws Exception {
        Places.Place taken = places.take("two", deadline);
        Places.Place other = places.take("two", deadline);
        taken.close();
        taken.close();

        assertThat(places.keys()).isEqualTo(1);
        other.close();
        assertThat(places.keys()).isZero();
    }

    /** A fetch whose time is over takes no place, even a free one. */
    @Test
    void shouldKeepNothingOfWhoComesTooLate() {
        deadline.end("it took too long");

        assertThatThrownBy(() -> places.take("one", deadline)).hasMessage("it took too long");
        assertThat(places.keys()).isZero();
    }

    @Test
    void shouldKeepNothingOfWhoIsInterrupted() throws Exception {
        Places.Place taken = places.take("one", deadline);
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> places.take("one", Deadline.in(PolicyHosts.LIMIT, alarm))).hasMessage("this server stops");
        assertThat(Thread.interrupted()).isTrue();
        taken.close();
        assertThat(places.keys()).isZero();
    }
}
