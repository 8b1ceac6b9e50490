/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MaintenanceTest {
    private final Upstream quick = new Upstream(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
    private final Upstream slow = new Upstream(new InetSocketAddress(InetAddress.getLoopbackAddress(), 2));
    private final List<Upstream> begun = new ArrayList<>();
    private CompletableFuture<Void> slowTest = new CompletableFuture<>();
    private boolean broken;
    private final Maintenance upkeep = new Maintenance(List.of(quick, slow), this::test, () -> CompletableFuture.completedFuture(null),
        tryZones -> CompletableFuture.completedFuture(null));

    private CompletableFuture<Void> test(Upstream upstream) {
        begun.add(upstream);
        if (broken) {
            throw new IllegalStateException("a defect");
        }
        return upstream == slow ? slowTest : CompletableFuture.completedFuture(null);
    }

    @AfterEach
    void stop() {
        upkeep.close();
    }

    /** Two that fail at once would count as two failures in a row, and a resolver that had passed be given up. */
    @Test
    void shouldTestEachResolverOnceAtATime() {
        CompletableFuture<Void> first = upkeep.testAll();
        CompletableFuture<Void> second = upkeep.testAll();

        assertThat(begun).containsExactly(quick, slow, quick);
        assertThat(first).isNotDone();
        assertThat(second).as("waits for the test that is under way").isNotDone();

        slowTest.complete(null);
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
    }

    @Test
    void shouldTestAgainWhenTheTestBeforeIsOver() {
        assertThat(upkeep.testAll()).isNotDone();
        slowTest.completeExceptionally(new IllegalStateException("a defect"));
        slowTest = CompletableFuture.completedFuture(null);

        assertThat(upkeep.testAll()).isCompleted();
        assertThat(begun).containsExactly(quick, slow, quick, slow);
    }

    @Test
    void shouldTestAgainAfterATestThatCouldNotEvenBegin() {
        broken = true;
        assertThat(upkeep.testAll()).isCompleted();
        broken = false;
        slowTest.complete(null);

        assertThat(upkeep.testAll()).isCompleted();
        assertThat(begun).containsExactly(quick, slow, quick, slow);
    }
}
