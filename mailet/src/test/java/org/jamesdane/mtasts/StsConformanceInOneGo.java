/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;

/** The tables of MTA-STS with one test for each table, for mutation testing, which starts every test by itself. */
class StsConformanceInOneGo {
    private final StsConformanceTest tables = new StsConformanceTest();

    private static void run(Stream<DynamicTest> tests) throws Throwable {
        for (DynamicTest each : tests.toList()) {
            each.getExecutable().execute();
        }
    }

    @Test
    void shouldReadRecordsAsTheTableSays() throws Throwable {
        run(tables.shouldReadRecordsAsTheTableSays());
    }

    @Test
    void shouldReadPoliciesAsTheTableSays() throws Throwable {
        run(tables.shouldReadPoliciesAsTheTableSays());
    }

    @Test
    void shouldMatchNamesAsTheTableSays() throws Throwable {
        run(tables.shouldMatchNamesAsTheTableSays());
    }

    @Test
    void shouldFollowTheStateTable() throws Throwable {
        run(tables.shouldFollowTheStateTable());
    }

    @Test
    void shouldFollowTheDecisionTable() throws Throwable {
        run(tables.shouldFollowTheDecisionTable());
    }
}
