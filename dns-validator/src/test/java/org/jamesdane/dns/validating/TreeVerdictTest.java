/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Every question about the {@link TreeOfZones} gets the verdict that the table says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TreeVerdictTest {
    private static final int AT_ONCE = 8;

    private final TreeOfZones tree = new TreeOfZones();
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    @SuppressWarnings("NullAway.Init") // started before all tests
    private Lab lab;

    @BeforeAll
    void start() {
        lab = Lab.of(tree.world());
    }

    @AfterAll
    void stop() {
        lab.close();
        threads.shutdownNow();
    }

    @Test
    void shouldHaveAtLeastAHundredZones() {
        assertThat(tree.world().zones()).hasSizeGreaterThan(100);
    }

    @Test
    void shouldJudgeEveryQuestionAsTheTableSays() {
        assertThat(differences(judgeAll(lab))).isEmpty();
    }

    @Test
    void shouldJudgeTheSameWithWarmCaches() {
        judgeAll(lab);

        assertThat(differences(judgeAll(lab))).isEmpty();
    }

    private List<String> differences(List<String> verdicts) {
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < verdicts.size(); i++) {
            TreeOfZones.Expected expected = tree.expected().get(i);
            if (!expected.verdict().equals(verdicts.get(i))) {
                differences.add(expected + " but was " + verdicts.get(i));
            }
        }
        return differences;
    }

    private List<String> judgeAll(Lab by) {
        List<CompletableFuture<String>> verdicts = tree.expected().stream()
            .map(question -> CompletableFuture.supplyAsync(() -> by.ask(question.name(), question.type()), threads)).toList();
        return verdicts.stream().map(CompletableFuture::join).toList();
    }
}
