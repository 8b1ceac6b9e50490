/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;

/**
 * The conformance tables with one test for each table, for mutation testing: it starts every test by itself, and 600 starts for each
 * mutant take hours. Ordinary builds run the cases one by one, in {@link ConformanceTest}.
 */
class ConformanceInOneGo {
    private final ConformanceTest cases = new ConformanceTest();

    private static void run(Stream<DynamicTest> tests) throws Throwable {
        for (DynamicTest each : tests.toList()) {
            each.getExecutable().execute();
        }
    }

    @Test
    void shouldFollowTheDecisionTable() throws Throwable {
        run(cases.shouldFollowTheDecisionTable());
    }

    @Test
    void shouldDecideOnWholeMails() throws Throwable {
        run(cases.shouldDecideOnWholeMails());
    }

    @Test
    void shouldSortTlsaRecords() throws Throwable {
        run(cases.shouldSortTlsaRecords());
    }

    @Test
    void shouldVerifyChains() throws Throwable {
        run(cases.shouldVerifyChains());
    }

    @Test
    void shouldMatchNames() throws Throwable {
        run(cases.shouldMatchNames());
    }
}
