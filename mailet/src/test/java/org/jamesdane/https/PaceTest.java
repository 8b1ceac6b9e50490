/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PaceTest {
    private final TestAlarm alarm = new TestAlarm();
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final Pace pace = new Pace(Duration.ofSeconds(1), now::get, alarm);
    private final Deadline deadline = Deadline.in(PolicyHosts.LIMIT, new TestAlarm());

    private static InetAddress address(int last) throws Exception {
        return InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, (byte) last});
    }

    private CompletableFuture<String> later(InetAddress address) {
        CompletableFuture<String> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                pace.await(address, Deadline.in(PolicyHosts.LIMIT, new TestAlarm()));
                done.complete("its turn");
            } catch (FetchFailure e) {
                done.complete(String.valueOf(e.getMessage()));
            }
        });
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    @Test
    void shouldMakeTheSecondRequestToAnAddressWait() throws Exception {
        pace.await(address(1), deadline);
        pace.await(address(2), deadline);
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(400));
        CompletableFuture<String> second = later(address(1));
        await().until(() -> alarm.limits().size() == 1);
        CompletableFuture<String> third = later(address(1));
        await().until(() -> alarm.limits().size() == 2);

        assertThat(alarm.limits()).containsExactly(Duration.ofMillis(600), Duration.ofMillis(1600));
        assertThat(second).isNotDone();
        alarm.ring();
        assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo("its turn");
        assertThat(third.get(30, TimeUnit.SECONDS)).isEqualTo("its turn");
    }

    @Test
    void shouldLetARequestGoOnceTheTimeHasCome() throws Exception {
        pace.await(address(1), deadline);
        now.addAndGet(TimeUnit.SECONDS.toNanos(1));
        pace.await(address(1), deadline);

        assertThat(alarm.limits()).isEmpty();
        now.addAndGet(TimeUnit.SECONDS.toNanos(1));
        pace.await(address(2), deadline);
        assertThat(pace.addresses()).as("nothing is kept of an address whose time has come").isEqualTo(1);
    }

    @Test
    void shouldEndTheWaitWithTheTimeOfTheFetch() throws Exception {
        pace.await(address(1), deadline);
        deadline.end("it took too long");

        assertThatThrownBy(() -> pace.await(address(1), deadline)).hasMessage("it took too long");
        assertThat(alarm.limits()).isEmpty();
    }
}
