/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

import org.jamesdane.dns.DomainName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileAnchorJournalTest {
    private static final Path DIRECTORY = Path.of("/var/dane");
    private static final Path FILE = DIRECTORY.resolve(FileAnchorJournal.FILE);
    private static final Path PREVIOUS = DIRECTORY.resolve(FileAnchorJournal.FILE + ".previous");
    private static final int MANY_KILLS = 1_000;

    private final MemoryFiles disk = new MemoryFiles();

    private AnchorJournal.Contents read() {
        return new FileAnchorJournal(DIRECTORY, disk).read();
    }

    private void write(TrustPoint point) throws IOException {
        new FileAnchorJournal(DIRECTORY, disk).write(List.of(point));
    }

    /** A trust point in the middle of a roll-over: a key of every state. */
    private static TrustPoint middle() {
        AnchorWorld world = new AnchorWorld("A", "B");
        world.shows(List.of("A*", "B", "C", "D"));
        world.passes(Duration.ofDays(1));
        world.shows(List.of("A-", "B*", "C"));
        return points(world).get(0);
    }

    private static List<TrustPoint> points(AnchorWorld world) {
        return new FileAnchorJournal(DIRECTORY, world.disk).read().points().orElseThrow();
    }

    private void damage(Path file) {
        disk.files.computeIfPresent(file, (path, octets) -> Arrays.copyOf(octets, octets.length - 10));
    }

    @Test
    void shouldReadWhatItWrote() throws IOException {
        TrustPoint point = middle();
        assertThat(point.keys()).extracting(TrackedKey::state)
            .containsExactlyInAnyOrder(AnchorState.REVOKED, AnchorState.VALID, AnchorState.PENDING);

        write(point);

        assertThat(read()).isEqualTo(new AnchorJournal.Contents(java.util.Optional.of(List.of(point)), java.util.Optional.empty(), true));
    }

    @Test
    void shouldBeginWithoutAFinding() {
        assertThat(read()).isEqualTo(AnchorJournal.Contents.NONE);
    }

    @Test
    void shouldUseTheCopyBeforeADamagedOneAndKeepThat() throws IOException {
        TrustPoint point = middle();
        write(point);
        write(TrustPoint.begin(DomainName.ROOT, point.seeds()));
        damage(FILE);

        AnchorJournal.Contents contents = read();

        assertThat(contents.points()).contains(List.of(point));
        assertThat(contents.finding()).hasValueSatisfying(finding -> assertThat(finding).contains("the file " + FILE + " is damaged",
            "The other copy is used"));
        byte[] damaged = Objects.requireNonNull(disk.files.get(FILE));
        write(point);
        assertThat(disk.files).containsEntry(Path.of(FILE + ".damaged"), damaged);
        assertThat(read().finding()).isEmpty();
    }

    @Test
    void shouldSayThatRevocationsAreUnknownWhereNothingCanBeRead() throws IOException {
        write(middle());
        write(middle());
        damage(FILE);
        damage(PREVIOUS);

        AnchorJournal.Contents contents = read();

        assertThat(contents.points()).isEmpty();
        assertThat(contents.writable()).isTrue();
        assertThat(contents.finding()).hasValueSatisfying(finding ->
            assertThat(finding).endsWith("Revocations before now are unknown to this node"));
    }

    @Test
    void shouldNeitherUseNorReplaceWhatANewerReleaseWrote() throws IOException {
        write(middle());
        String newer = new String(disk.files.get(FILE), StandardCharsets.UTF_8).replace("\"schema\":1", "\"schema\":2");
        disk.files.put(FILE, newer.getBytes(StandardCharsets.UTF_8));

        AnchorJournal.Contents contents = read();

        assertThat(contents.writable()).isFalse();
        assertThat(contents.points()).isEmpty();
        assertThat(contents.finding()).hasValueSatisfying(finding -> assertThat(finding).contains("newer release (schema 2, known is 1)"));
    }

    @Test
    void shouldNoticeEveryOctetThatIsNotItsOwn() throws IOException {
        write(middle());
        byte[] good = Objects.requireNonNull(disk.files.get(FILE));
        Random random = new Random(5011);
        for (int i = 0; i < MANY_KILLS; i++) {
            byte[] changed = good.clone();
            changed[random.nextInt(good.length)] ^= (byte) (1 << random.nextInt(8));
            disk.files.clear();
            disk.files.put(FILE, changed);
            AnchorJournal.Contents contents = read();
            boolean harmless = contents.points().isPresent() && contents.points().get().equals(List.of(middlePoint(good)));
            assertThat(contents.points().isEmpty() || harmless).as(new String(changed, StandardCharsets.ISO_8859_1)).isTrue();
        }
    }

    private static TrustPoint middlePoint(byte[] good) {
        return AnchorJson.read(good).points().get(0);
    }

    /** A kill at each operation of each write, with each length of what is half written: the state is the old one or the new one. */
    @Test
    void shouldOutliveAKillAtEveryWrite() throws IOException {
        TrustPoint before = middle();
        TrustPoint after = new TrustPoint(before.zone(), before.seeds(), before.keys().subList(0, 2), before.last());
        int kills = 0;
        write(before);
        write(before);
        TreeMap<Path, byte[]> start = new TreeMap<>(disk.files);
        disk.killAt(-1, 0);
        write(after);
        int operations = disk.operations();
        int octets = Objects.requireNonNull(disk.files.get(FILE)).length;
        assertThat(operations).isEqualTo(5);
        while (kills < MANY_KILLS) {
            for (int operation = 0; operation < operations; operation++) {
                disk.files.clear();
                disk.files.putAll(start);
                disk.killAt(operation, kills * 7 % octets);
                assertThatThrownBy(() -> write(after)).isInstanceOf(MemoryFiles.Killed.class);
                disk.killAt(-1, 0);
                kills++;

                AnchorJournal.Contents contents = read();
                assertThat(contents.finding()).isEmpty();
                assertThat(contents.writable()).isTrue();
                assertThat(contents.points().orElseThrow()).isIn(List.of(before), List.of(after));
                write(after);
                assertThat(read().points()).contains(List.of(after));
            }
        }
    }

    @Test
    void shouldTellOfARealDiskToo(@TempDir Path directory) throws IOException {
        FileAnchorJournal journal = new FileAnchorJournal(directory.resolve("not there yet"));
        TrustPoint point = middle();
        assertThat(journal.read()).isEqualTo(AnchorJournal.Contents.NONE);
        journal.write(List.of(point));
        journal.write(List.of(point));

        assertThat(new FileAnchorJournal(directory.resolve("not there yet")).read().points()).contains(List.of(point));
        assertThat(directory.resolve("not there yet")).isDirectoryContaining("glob:**.previous");
        Files.delete(directory.resolve("not there yet").resolve(FileAnchorJournal.FILE));
        assertThat(new FileAnchorJournal(directory.resolve("not there yet")).read().points()).contains(List.of(point));
    }
}
