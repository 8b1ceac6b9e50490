/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.e2e;

import java.nio.file.Path;

import org.jamesdane.testing.load.LoadWorld;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** James on ActiveMQ is asked to stop again and again while mail comes in without a pause. How often: see the profiles. */
class StoppedUnderLoadIT {
    @ParameterizedTest
    @MethodSource("org.jamesdane.e2e.StopsUnderLoad#answers")
    void shouldLoseNothingAndDoubleOnlyWhatWasNotAnsweredInTime(int seconds, @TempDir Path directory) {
        try (LoadWorld world = new LoadWorld();
             LoadRun run = LoadRun.onActiveMq(world, directory, StopsUnderLoad.PATIENCE, StopsUnderLoad::recipient,
                 StopsUnderLoad.mails())) {
            StopsUnderLoad.expectNothingLost(world, run, "ActiveMQ", seconds);
        }
    }
}
