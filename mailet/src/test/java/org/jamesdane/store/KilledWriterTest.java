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
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledWriterTest {
    private static final int KILLS = 3;
    private static final int CONFIRMED_BEFORE_A_KILL = 12;
    /** Entries before the kill, enough that a kill is likely to come while the file is written. */
    private static final int THERE_BEFORE = 300;

    @Test
    void shouldKeepAllThatWasConfirmedAndNothingByHalves(@TempDir Path directory) throws Exception {
        new LastKnownSettings(directory).save(SettingKind.POLICY, IntStream.range(0, THERE_BEFORE).mapToObj(i ->
            new Setting(SettingKind.POLICY, "before" + i + ".example", "may", "x".repeat(400), "who", Optional.empty(), Entries.START))
                .toList());
        int next = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            int confirmed = writeUntilKilled(directory, next);

            FileSettingStore store = new FileSettingStore(directory);
            List<Setting> entries = store.load(SettingKind.POLICY);
            assertThat(entries).hasSizeBetween(THERE_BEFORE + confirmed + 1, THERE_BEFORE + confirmed + 2);
            Set<String> keys = entries.stream().map(Setting::key).collect(Collectors.toSet());
            assertThat(keys).containsAll(IntStream.rangeClosed(0, confirmed).mapToObj(i -> "domain" + i + ".example").toList());
            assertThat(store.history(SettingKind.POLICY, Optional.empty())).extracting(change -> change.entry().key())
                .containsAll(keys.stream().filter(key -> key.startsWith("domain")).toList());
            next = entries.size() - THERE_BEFORE;
        }
    }

    /** The last number that the process has called confirmed. */
    private static int writeUntilKilled(Path directory, int first) throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
            "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), WritingProcess.class.getName(),
            directory.toString(), String.valueOf(first)).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        int confirmed = -1;
        FileSettingStore reader = new FileSettingStore(directory);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                confirmed = Integer.parseInt(line);
                // The next write is under way by now: whoever reads sees all of one state.
                assertThat(reader.load(SettingKind.POLICY)).hasSizeGreaterThan(THERE_BEFORE + confirmed);
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
