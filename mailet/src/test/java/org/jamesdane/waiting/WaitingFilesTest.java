/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

import org.jamesdane.testing.disk.ForgettingDisk;
import org.jamesdane.waiting.WaitingFiles.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stored mail on a disk that forgets what was not synchronised. */
class WaitingFilesTest {
    private static final Path ROOT = Path.of("/waiting/outgoing");
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

    private final Random random = new Random(4711);
    private ForgettingDisk disk = new ForgettingDisk();

    @Test
    void shouldGiveOutWhatIsDueInTheOrderOfTimes() throws Exception {
        try (WaitingFiles files = open()) {
            put(files, "later", NOON.plusSeconds(20), "bob@example.com");
            put(files, "sooner", NOON.plusSeconds(10), "bob@example.com");

            assertThat(files.takeDue(NOON.plusSeconds(9), 10)).isEmpty();
            List<Waiting> due = files.takeDue(NOON.plusSeconds(20), 10);
            assertThat(due).hasSize(2);
            assertThat(name(files, due.get(0))).isEqualTo("sooner");
            assertThat(files.takeDue(NOON.plusSeconds(20), 10)).isEmpty();
        }
    }

    @Test
    void shouldKnowEverythingFromTheNamesAfterAStart() throws Exception {
        try (WaitingFiles files = open()) {
            for (int i = 0; i < 1000; i++) {
                put(files, "mail-" + i, NOON.plusSeconds(i), "bob-" + i + "@b\u00fccher.example");
            }
        }
        disk = disk.afterKill();
        try (WaitingFiles files = open()) {
            files.readRest();
            assertThat(files.size()).isEqualTo(1000);
            List<Waiting> all = all(files);
            assertThat(all.get(7).domains()).containsExactly("b\u00fccher.example");
            assertThat(all.get(7).mayBeFor("BOB-7@b\u00fccher.example")).isTrue();
            assertThat(all.get(7).mayBeFor("bob-8@b\u00fccher.example")).isFalse();
            assertThat(all.get(7).due()).isEqualTo(NOON.plusSeconds(7));
        }
    }

    @Test
    void shouldReadFromTheHeaderWhatDoesNotFitIntoAName() throws Exception {
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            many.add("bob@long-name-of-a-domain-" + i + ".example");
        }
        try (WaitingFiles files = open()) {
            put(files, "many", NOON, many.toArray(String[]::new));
        }
        disk = disk.afterKill();
        try (WaitingFiles files = open()) {
            files.readRest();
            assertThat(all(files).get(0).domains()).hasSize(100);
            Waiting due = files.takeDue(NOON, 1).get(0);
            files.remove(files.mark(due, false));
        }
        assertThat(mailFiles()).isEmpty();
    }

    @Test
    void shouldNotWriteTheMessageAgainWhenTheHeaderChanges() throws Exception {
        try (WaitingFiles files = open()) {
            String id = put(files, "mail", NOON, "bob@example.com", "carol@example.org");
            Path mail = mailFiles().get(0);
            Waiting waiting = files.take(files.get(id).orElseThrow()).orElseThrow();
            files.replace(waiting, header("mail", "carol@example.org"), NOON.plusSeconds(5));

            assertThat(mailFiles()).containsExactly(mail);
        }
        disk = disk.afterKill();
        try (WaitingFiles files = open()) {
            files.readRest();
            Waiting waiting = all(files).get(0);
            assertThat(waiting.due()).isEqualTo(NOON.plusSeconds(5));
            assertThat(waiting.domains()).containsExactly("example.org");
            MailFile file = files.read(waiting).orElseThrow();
            file.verify();
            assertThat(file.header().recipients()).containsExactly("carol@example.org");
            assertThat(text(file)).isEqualTo("message of mail");
        }
    }

    @Test
    void shouldStopASecondProcess() throws Exception {
        WaitingFiles first = open();
        assertThatThrownBy(this::open).isInstanceOf(Disk.TakenException.class).hasMessageContaining(ROOT.toString());
        first.close();
        open().close();
    }

    @Test
    void shouldStoreOnceWhatHadAName() throws Exception {
        try (WaitingFiles files = open()) {
            assertThat(putOnce(files, "old-key")).isPresent();
            assertThat(putOnce(files, "old-key")).isEmpty();
            assertThat(putOnce(files, "other-key")).isPresent();
        }
        disk = disk.afterKill();
        try (WaitingFiles files = open()) {
            assertThat(putOnce(files, "old-key")).isEmpty();
        }
    }

    @Test
    void shouldKeepWhatCanNotBeReadNow() throws Exception {
        try (WaitingFiles files = open()) {
            put(files, "mail-1", NOON, "bob@example.com");
            put(files, "mail-2", NOON, "bob@example.com");
            Path mail = mailFiles().get(0);
            disk.failReading(Optional.of(mail));
            int failed = 0;
            for (Waiting due : files.takeDue(NOON, 10)) {
                try {
                    files.read(due);
                } catch (IOException e) {
                    failed++;
                    files.putBack(due, NOON);
                }
            }
            assertThat(failed).isEqualTo(1);
            assertThat(disk.files()).contains(mail);
            disk.failReading(Optional.empty());
            assertThat(files.read(files.takeDue(NOON, 1).get(0))).isPresent();
        }
    }

    /** The name does not say for whom it is, and the header can't be read now: the others go on. */
    @Test
    void shouldLearnLaterOfWhatCanNotBeReadAtTheStart() throws Exception {
        try (WaitingFiles files = open()) {
            put(files, "many", NOON, IntStream.range(0, 20).mapToObj(i -> "bob" + i + "@example.com")
                .toArray(String[]::new));
            put(files, "other", NOON, "bob@example.com");
        }
        Path mail = mailFiles().stream().filter(file -> disk.files().stream().anyMatch(other -> other.toString().endsWith("~")
            && other.toString().startsWith(file.toString().replace(".mail", "")))).findFirst().orElseThrow();
        disk = disk.afterKill();
        disk.failReading(Optional.of(mail));
        try (WaitingFiles files = open()) {
            files.readRest();
            assertThat(files.size()).isEqualTo(1);
            assertThat(files.unreadable()).isEqualTo(1);
            assertThat(files.trouble()).isPresent();
            disk.failReading(Optional.empty());
            files.readRest();
            assertThat(files.size()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 30, -40, -3})
    void shouldPutDamagedMailAsideAndNeverRemoveIt(int at) throws Exception {
        try (WaitingFiles files = open()) {
            put(files, "mail", NOON, "bob@example.com");
            Path mail = mailFiles().get(0);
            disk.damage(mail, at < 0 ? (int) disk.size(mail) + at : at);
            Waiting due = files.takeDue(NOON, 1).get(0);
            assertThatThrownBy(() -> files.read(due).orElseThrow().verify()).isInstanceOf(DamagedMailException.class);
            files.quarantine(due, "it is damaged");
        }
        disk = disk.afterKill();
        try (WaitingFiles files = open()) {
            files.readRest();
            assertThat(files.size()).isZero();
            assertThat(files.quarantine().size()).isEqualTo(1);
            Quarantine.Kept kept = files.quarantine().list(10).get(0);
            assertThat(kept.why()).isEqualTo("it is damaged");
            assertThat(kept.header().isPresent()).isEqualTo(at < 0);
            files.quarantine().told(kept.id());
            assertThat(files.quarantine().untold()).isZero();
        }
        assertThat(disk.files()).anyMatch(file -> file.toString().endsWith(".mail"));
    }

    /** Each step of a life is the last one in turn; the process ends there, or the power fails. */
    @Test
    void shouldLoseNothingWhereverItEnds() throws Exception {
        Life whole = new Life();
        whole.live();
        assertThat(disk.isDead()).isFalse();
        int steps = disk.steps();
        assertThat(steps).isGreaterThan(40);
        for (int step = 0; step <= steps; step++) {
            for (int seed = 0; seed < 6; seed++) {
                disk = new ForgettingDisk();
                disk.dieAt(step);
                Life life = new Life();
                life.live();
                disk = seed == 0 ? disk.afterKill() : disk.afterPowerFailure(new Random(seed));
                life.check(step, seed);
            }
        }
    }

    /** Mails that were confirmed to somebody, and states that may be the case. */
    private final class Life {
        private final Map<String, List<String>> stored = new LinkedHashMap<>();
        private final Set<String> released = new LinkedHashSet<>();
        private final Set<String> removed = new LinkedHashSet<>();
        private final Map<String, List<String>> perhaps = new LinkedHashMap<>();

        void live() {
            try (WaitingFiles files = open()) {
                for (int i = 0; i < 4; i++) {
                    store(files, "mail-" + i, "bob@example.com", "carol@example.org");
                }
                change(files, "mail-1");
                change(files, "mail-1");
                release(files, "mail-0");
                release(files, "mail-1");
                store(files, "mail-4", "bob@example.com", "carol@example.org");
                change(files, "mail-4");
            } catch (IOException | DamagedMailException e) {
                assertThat(disk.isDead()).as("%s", e).isTrue();
            }
        }

        private void store(WaitingFiles files, String name, String... recipients) throws IOException {
            put(files, name, NOON, recipients);
            stored.put(name, List.of(recipients));
        }

        private void change(WaitingFiles files, String name) throws IOException, DamagedMailException {
            perhaps.put(name, List.of("carol@example.org"));
            files.replace(files.take(find(files, name)).orElseThrow(), header(name, "carol@example.org"), NOON.plusSeconds(1));
            stored.put(name, List.of("carol@example.org"));
            perhaps.remove(name);
        }

        private void release(WaitingFiles files, String name) throws IOException, DamagedMailException {
            Waiting marked = files.mark(files.take(find(files, name)).orElseThrow(), false);
            released.add(name);
            files.remove(marked);
            files.sync();
            removed.add(name);
        }

        void check(int step, int seed) throws Exception {
            try (WaitingFiles files = open()) {
                files.readRest();
                assertThat(files.quarantine().size()).as("damaged after step %d, seed %d", step, seed).isZero();
                Map<String, List<String>> found = new TreeMap<>();
                for (Waiting each : all(files)) {
                    MailFile file = files.read(each).orElseThrow();
                    file.verify();
                    assertThat(text(file)).isEqualTo("message of " + file.header().name());
                    found.put(file.header().name(), file.header().recipients());
                }
                stored.forEach((name, recipients) -> {
                    if (!released.contains(name)) {
                        assertThat(found.get(name)).as("%s after step %d, seed %d", name, step, seed)
                            .isIn(recipients, perhaps.getOrDefault(name, recipients));
                    }
                });
                assertThat(found.keySet()).as("step %d, seed %d", step, seed).noneMatch(removed::contains);
            }
        }
    }

    private Waiting find(WaitingFiles files, String name) throws IOException, DamagedMailException {
        for (Waiting each : all(files)) {
            if (name(files, each).equals(name)) {
                return each;
            }
        }
        throw new IllegalStateException(name);
    }

    private WaitingFiles open() throws IOException {
        return WaitingFiles.open(ROOT, disk, random::nextLong);
    }

    private static List<Waiting> all(WaitingFiles files) {
        List<Waiting> all = new ArrayList<>();
        files.<RuntimeException>visit(all::add);
        return all;
    }

    private List<Path> mailFiles() {
        return disk.files().stream().filter(file -> file.toString().endsWith(".mail")).toList();
    }

    private static String name(WaitingFiles files, Waiting waiting) throws IOException, DamagedMailException {
        return files.read(waiting).orElseThrow().header().name();
    }

    private static String text(MailFile file) throws IOException {
        try (InputStream in = file.open()) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static String put(WaitingFiles files, String name, Instant due, String... recipients) throws IOException {
        return files.put(header(name, recipients), message(name), due);
    }

    private static Optional<String> putOnce(WaitingFiles files, String name) throws IOException {
        return files.putOnce(name, header(name, "bob@example.com"), message(name), NOON);
    }

    private static InputStream message(String name) {
        return new ByteArrayInputStream(("message of " + name).getBytes(StandardCharsets.US_ASCII));
    }

    private static StoredHeader header(String name, String... recipients) {
        return new StoredHeader(name, Optional.of("alice@sender.example"), List.of(recipients), new StoredHeader.Origin("", ""),
            new StoredHeader.Status("error", Optional.empty(), NOON), List.of(), new TreeMap<>());
    }
}
