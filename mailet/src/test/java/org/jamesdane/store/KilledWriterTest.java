/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledWriterTest {
    private static final int KILLS = 4;
    private static final int CONFIRMED_BEFORE_A_KILL = 25;

    @Test
    void shouldHaveEverythingThatWasConfirmedAndNothingByHalvesAfterEachKill(@TempDir Path directory) throws Exception {
        int next = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            int confirmed = writeUntilKilled(directory, next);

            FileEntryStore store = new FileEntryStore(directory);
            List<Entry> entries = store.load(Kind.POLICY);
            assertThat(entries).extracting(Entry::key)
                .containsAll(IntStream.rangeClosed(0, confirmed).mapToObj(i -> "domain" + i + ".example").toList())
                .hasSizeBetween(confirmed + 1, confirmed + 2);
            assertThat(store.history(Kind.POLICY, Optional.empty())).extracting(Change::entry).containsAll(entries);
            next = entries.size();
        }
    }

    /** The last number that the process has called confirmed. */
    private static int writeUntilKilled(Path directory, int first) throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
            "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), WritingProcess.class.getName(),
            directory.toString(), String.valueOf(first)).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        int confirmed = -1;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                confirmed = Integer.parseInt(line);
                if (confirmed == first + CONFIRMED_BEFORE_A_KILL) {
                    // By its handle: the process itself would close the stream that is still to be read.
                    assertThat(process.toHandle().destroyForcibly()).isTrue();
                }
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(confirmed).isGreaterThanOrEqualTo(first + CONFIRMED_BEFORE_A_KILL);
        return confirmed;
    }
}
