/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

import org.jamesdane.waiting.RealDisk;
import org.jamesdane.waiting.StoredHeader;
import org.jamesdane.waiting.WaitingFiles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deferred mail of a James that is stopped, from the shell. */
class DeferredCommandTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

    private final Random random = new Random(4711);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Path directory;
    private String id = "";

    DeferredCommandTest(@TempDir Path root) {
        this.directory = root.resolve("outgoing");
    }

    @BeforeEach
    void fill() throws IOException {
        try (WaitingFiles files = open(directory)) {
            id = put(files, "later", NOON.plusSeconds(60));
            put(files, "sooner", NOON);
        }
    }

    @Test
    void shouldListWhatWaits() {
        assertThat(run("list", directory.toString())).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(3).anySatisfy(line ->
            assertThat(line).startsWith(id + " 2026-11-01T12:01:00Z").contains("alice@sender.example").contains("bob@example.com"));
        assertThat(out.toString(StandardCharsets.UTF_8)).endsWith("2 wait, 0 are damaged and put aside\n");
    }

    @Test
    void shouldShowHeaderAndMessage() {
        assertThat(run("show", directory.toString(), id)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("recipient bob@example.com\n");
        out.reset();
        assertThat(run("show", "--message", directory.toString(), id)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("message of later");
    }

    @Test
    void shouldMakeMailDue() throws IOException {
        assertThat(run("due", directory.toString(), id)).isZero();
        try (WaitingFiles files = open(directory)) {
            files.readRest();
            assertThat(files.get(id).orElseThrow().due()).isEqualTo(Instant.EPOCH);
            assertThat(files.takeDue(NOON.minusSeconds(1), 10)).hasSize(1);
        }
    }

    @Test
    void shouldMoveMailToAnotherDirectory() throws Exception {
        Path to = directory.resolveSibling("other");
        assertThat(run("move", directory.toString(), to.toString())).isZero();
        assertThat(run("move", directory.toString(), to.toString())).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("2 were moved\n0 were moved\n");
        try (WaitingFiles files = open(to)) {
            files.readRest();
            assertThat(files.takeDue(NOON.plusSeconds(60), 10)).extracting(WaitingFiles.Waiting::due)
                .containsExactly(NOON, NOON.plusSeconds(60));
        }
    }

    @Test
    void shouldLeaveTheMailOfARunningJamesAlone() throws IOException {
        try (WaitingFiles running = open(directory)) {
            assertThat(run("list", running.root().toString())).isEqualTo(DaneCheck.FAILED);
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("James uses").contains("/dane/deferred");
    }

    @Test
    void shouldNameWhatIsNotThere() {
        assertThat(run("list", directory + "x")).isEqualTo(DaneCheck.FAILED);
        assertThat(run("show", directory.toString(), "nothing")).isEqualTo(DaneCheck.FAILED);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("There is no directory").contains("There is no mail nothing");
    }

    private int run(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "deferred";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return DaneCheck.run(all, InputStream.nullInputStream(), new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8), Terminal.ofProcess(Map.of()));
    }

    private WaitingFiles open(Path where) throws IOException {
        return WaitingFiles.open(where, new RealDisk(), random::nextLong);
    }

    private static String put(WaitingFiles files, String name, Instant due) throws IOException {
        return files.put(new StoredHeader(name, Optional.of("alice@sender.example"), List.of("bob@example.com"),
            new StoredHeader.Origin("", ""), new StoredHeader.Status("error", Optional.empty(), NOON), List.of(), new TreeMap<>()),
            new ByteArrayInputStream(("message of " + name).getBytes(StandardCharsets.US_ASCII)), due);
    }
}
