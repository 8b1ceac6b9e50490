/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

class WaitingIndexTest {
    private static final int MANY = 2500;

    private final WaitingIndex index = new WaitingIndex();
    private final Random random = new Random(4711);

    private static Slip slip(long id, long due, String... recipients) {
        return new Slip(id, 0, Slip.State.WAITING, due, Slip.Addressees.of(List.of(recipients)));
    }

    private void put(long id, String... recipients) {
        index.put(slip(id, 1000 - id, recipients), 1000 - id);
    }

    private List<Long> of(String domain) {
        List<Long> ids = new ArrayList<>();
        for (List<String> names : index.domains()) {
            int below = names.contains(domain) ? Integer.MAX_VALUE : 0;
            while (below > 0) {
                WaitingIndex.Part part = index.part(names, below);
                part.entries().forEach(entry -> ids.add(entry.slip().id()));
                below = part.from();
            }
        }
        return ids;
    }

    @Test
    void shouldFindTheMailsOfADomain() {
        for (long id = 0; id < MANY; id++) {
            put(id, "bob@a.example");
        }
        put(MANY, "bob@a.example", "carol@b.example");
        put(MANY + 1, "carol@b.example");

        assertThat(of("a.example")).hasSize(MANY + 1).doesNotHaveDuplicates().contains((long) MANY).doesNotContain(MANY + 1L);
        assertThat(of("b.example")).containsExactlyInAnyOrder((long) MANY, MANY + 1L);
        assertThat(of("c.example")).isEmpty();
    }

    @Test
    void shouldKnowTheSameMailsAfterManyChanges() {
        Set<Long> there = new TreeSet<>();
        for (int i = 0; i < 20_000; i++) {
            long id = random.nextInt(MANY);
            if (i > 15_000 || random.nextBoolean()) {
                index.take(id);
                there.remove(id);
            } else {
                put(id, "bob@" + (id % 2 == 0 ? "a" : "b") + ".example");
                there.add(id);
            }
        }

        List<Long> found = of("a.example");
        found.addAll(of("b.example"));
        assertThat(found).containsExactlyInAnyOrderElementsOf(there);
        there.forEach(index::take);
        assertThat(index.domains()).isEmpty();
    }

    @Test
    void shouldMissNoMailThatStaysWhileOthersLeave() {
        for (long id = 0; id < MANY; id++) {
            put(id, "bob@a.example");
        }
        Set<Long> seen = new HashSet<>();
        int below = Integer.MAX_VALUE;
        while (below > 0) {
            WaitingIndex.Part part = index.part(List.of("a.example"), below);
            part.entries().forEach(entry -> seen.add(entry.slip().id()));
            below = part.from();
            for (long id = 0; id < MANY; id++) {
                if (id % 3 == 0) {
                    index.take(id);
                } else if (id % 3 == 1) {
                    index.reschedule(id, 77);
                }
            }
        }

        for (long id = 0; id < MANY; id++) {
            if (id % 3 != 0) {
                assertThat(seen).contains(id);
            }
        }
    }

    @Test
    void shouldHandleAThousandMailsUnderOneLock() {
        for (long id = 0; id < MANY; id++) {
            index.put(slip(id, id, "bob@a.example"), id);
        }

        assertThat(index.part(List.of("a.example"), Integer.MAX_VALUE).entries()).hasSize(WaitingIndex.SLICE);
        assertThat(index.slice(Optional.empty())).hasSize(WaitingIndex.SLICE);
        assertThat(index.cut(0)).isEqualTo(WaitingIndex.SLICE);
        assertThat(index.takeDue(MANY, MANY)).hasSize(WaitingIndex.SLICE);
    }
}
