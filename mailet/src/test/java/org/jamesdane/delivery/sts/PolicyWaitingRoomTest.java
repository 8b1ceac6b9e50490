/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.sts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import org.jamesdane.mtasts.StsDiscovery;
import org.junit.jupiter.api.Test;

class PolicyWaitingRoomTest {
    private static final StsDiscovery NONE = new StsDiscovery.None(StsDiscovery.NoneBecause.NO_RECORD);
    private static final Duration LONGEST = Duration.ofSeconds(15);

    private final List<Runnable> timed = new ArrayList<>();
    private final List<String> gone = new ArrayList<>();
    private final PolicyWaitingRoom room = new PolicyWaitingRoom(new PolicyWaitingRoom.Limits(LONGEST, 2), (time, task) -> {
        assertThat(time).isEqualTo(LONGEST);
        timed.add(task);
    }, Runnable::run);

    @CanIgnoreReturnValue
    private CompletableFuture<StsDiscovery> enter(String mail) {
        CompletableFuture<StsDiscovery> whole = new CompletableFuture<>();
        room.enter(whole, () -> gone.add(mail));
        return whole;
    }

    @Test
    void shouldLetAMailGoOnWhenTheFetchEnds() {
        CompletableFuture<StsDiscovery> first = enter("one");
        enter("two");
        assertThat(gone).isEmpty();
        first.complete(NONE);

        assertThat(gone).containsExactly("one");
        timed.forEach(Runnable::run);
        assertThat(gone).containsExactly("one", "two");
        assertThat(room.waiting()).isZero();
    }

    @Test
    void shouldLetAMailGoOnWhenTheFetchFailsUnexpectedly() {
        enter("one").completeExceptionally(new IllegalStateException("a defect"));

        assertThat(gone).containsExactly("one");
    }

    @Test
    void shouldLetAMailPassForWhichNothingIsFetched() {
        room.enter(CompletableFuture.completedFuture(NONE), () -> gone.add("one"));

        assertThat(gone).containsExactly("one");
        assertThat(timed).isEmpty();
    }

    @Test
    void shouldLetMailsPassWhenTheRoomIsFull() {
        enter("one");
        enter("two");
        enter("three");

        assertThat(gone).containsExactly("three");
        assertThat(room.waiting()).isEqualTo(2);
    }

    @Test
    void shouldLetAllGoOnWhenItCloses() {
        enter("one");
        room.close();
        enter("two");

        assertThat(gone).containsExactly("one", "two");
    }

    @Test
    void shouldLetAMailGoOnWhenNoThreadTakesIt() {
        PolicyWaitingRoom stopping = new PolicyWaitingRoom(new PolicyWaitingRoom.Limits(LONGEST, 2), (time, task) -> timed.add(task),
            task -> {
                throw new RejectedExecutionException("it stops");
            });
        CompletableFuture<StsDiscovery> whole = new CompletableFuture<>();
        stopping.enter(whole, () -> gone.add("one"));
        whole.complete(NONE);

        assertThat(gone).containsExactly("one");
    }

    @Test
    void shouldLetAMailGoOnWithoutATimer() {
        PolicyWaitingRoom stopping = new PolicyWaitingRoom(new PolicyWaitingRoom.Limits(LONGEST, 2), (time, task) -> {
            throw new RejectedExecutionException("it stops");
        }, Runnable::run);
        CompletableFuture<StsDiscovery> whole = new CompletableFuture<>();
        stopping.enter(whole, () -> gone.add("one"));

        assertThat(gone).containsExactly("one");
        assertThat(stopping.waiting()).isZero();
    }
}
