/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileStoresTest {
    private final Path directory;

    FileStoresTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Nested
    class OfEntries extends EntryStoreContract {
        @Override
        SettingStore node() {
            return new FileSettingStore(directory);
        }

        @Override
        void fill(List<Setting> entries) {
            new LastKnownSettings(directory).save(entries.get(0).kind(), entries);
        }
    }

    @Nested
    class OfCounters extends CounterStoreContract {
        @Override
        CounterStore node() {
            return new FileCounterStore(directory);
        }
    }

    private Path policies() {
        return directory.resolve("policies.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "{", "null", "[]", "{\"version\":1}", "{\"version\":2,\"count\":0,\"items\":[]}", "{\"version\":1,\"count\":1,\"items\":[]}",
        "{\"version\":1,\"count\":1,\"items\":[{\"key\":\"a.example\"}]}",
        "{\"version\":1,\"count\":1,\"items\":[{\"key\":\"a.example\",\"policy\":\"may\",\"reason\":\"r\",\"owner\":\"o\","
            + "\"since\":\"yesterday\"}]}"})
    void shouldRefuseAFileThatIsNotWholeAndLeaveItAlone(String content) throws Exception {
        Files.writeString(policies(), content);
        FileSettingStore store = new FileSettingStore(directory);

        assertThatThrownBy(() -> store.load(SettingKind.POLICY)).isInstanceOf(StoreException.class)
            .hasMessageStartingWith("The file " + policies() + " can't be used: ").hasMessageContaining("repair it, or put the copy");
        assertThatThrownBy(() -> store.put(Entries.set(Entries.policy("b.example", "may", null)))).isInstanceOf(StoreException.class);
        assertThat(Files.readString(policies())).isEqualTo(content);
    }

    @Test
    void shouldRefuseEveryTruncationOfAGoodFile() throws Exception {
        FileSettingStore store = new FileSettingStore(directory);
        store.put(Entries.set(Entries.policy("a.example", "may", null)));
        store.put(Entries.set(Entries.policy("b.example", "encrypt", Entries.START.plusSeconds(60))));
        byte[] whole = Files.readAllBytes(policies());

        for (int length = 0; length < whole.length; length++) {
            Files.write(policies(), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> store.load(SettingKind.POLICY)).as("%s octets", length).isInstanceOf(StoreException.class);
        }
    }

    @Test
    void shouldRefuseAFileThatNamesADomainTwice() throws Exception {
        FileSettingStore store = new FileSettingStore(directory);
        store.put(Entries.set(Entries.policy("a.example", "may", null)));
        store.put(Entries.set(Entries.policy("b.example", "may", null)));
        Files.writeString(policies(), Files.readString(policies()).replace("b.example", "A.example"));

        assertThatThrownBy(() -> store.load(SettingKind.POLICY)).hasMessageContaining("names a.example twice");
    }

    @Test
    void shouldLeaveTheOldContentWhenTheNewOneCannotBeWritten() throws Exception {
        FileSettingStore store = new FileSettingStore(directory);
        store.put(Entries.set(Entries.policy("a.example", "may", null)));
        AtomicFile file = new AtomicFile(policies());

        assertThatThrownBy(() -> file.replace(out -> {
            out.write("{\"version".getBytes(UTF_8));
            throw new IOException("No space left on device");
        })).isInstanceOf(IOException.class);

        assertThat(store.load(SettingKind.POLICY)).extracting(Setting::key).containsExactly("a.example");
        try (var files = Files.list(directory)) {
            assertThat(files).extracting(path -> path.getFileName().toString())
                .containsExactlyInAnyOrder("policies.json", "policies-history.jsonl");
        }
    }

    @Test
    void shouldShowAReaderOneWholeContentAtAnyTime() throws Exception {
        AtomicFile file = new AtomicFile(directory.resolve("whole"));
        int size = 1 << 20;
        file.replace(out -> out.write(new byte[size]));
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try {
            Future<?> written = writer.submit(() -> {
                for (int i = 1; i <= 60; i++) {
                    byte[] content = new byte[size];
                    Arrays.fill(content, (byte) i);
                    file.replace(out -> out.write(content));
                }
                return null;
            });
            while (!written.isDone()) {
                byte[] read = file.read(size);
                assertThat(read).hasSize(size);
                assertThat(read[size - 1]).isEqualTo(read[0]);
            }
            written.get();
        } finally {
            writer.shutdownNow();
        }
    }

    @Test
    void shouldSayWhichFileCannotBeWritten() throws Exception {
        Files.writeString(directory.resolve("occupied"), "a file where a directory is needed");
        FileSettingStore store = new FileSettingStore(directory.resolve("occupied"));

        assertThatThrownBy(() -> store.put(Entries.set(Entries.policy("a.example", "may", null)))).isInstanceOf(StoreException.class)
            .hasMessageContaining("occupied").hasMessageContaining("can't be used");
    }

    @Test
    void shouldNotTakeAFileItCannotLookAtForAnAbsentOne() throws Exception {
        Files.writeString(directory.resolve("occupied"), "a file where a directory is needed");
        FileSettingStore store = new FileSettingStore(directory.resolve("occupied"));

        assertThatThrownBy(() -> store.load(SettingKind.POLICY)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.revision(SettingKind.POLICY)).isInstanceOf(StoreException.class);
    }

    @Test
    void shouldRefuseAMisspeltFieldAndANameThatNoMailGoesTo() throws Exception {
        FileSettingStore store = new FileSettingStore(directory);
        store.put(Entries.set(Entries.policy("a.example", "may", Instant.parse("2026-12-01T00:00:00Z"))));
        Path file = directory.resolve("policies.json");
        String good = Files.readString(file);

        Files.writeString(file, good.replace("\"expiry\"", "\"expires\""));
        assertThatThrownBy(() -> store.load(SettingKind.POLICY)).isInstanceOf(StoreException.class).hasMessageContaining("expires");
        Files.writeString(file, good.replace("a.example", "*.a.example"));
        assertThatThrownBy(() -> store.load(SettingKind.POLICY)).isInstanceOf(StoreException.class)
            .hasMessageContaining("write .a.example");
    }

    @Test
    void shouldGoOnBehindALineOfHistoryThatWasCutOff() throws Exception {
        FileSettingStore store = new FileSettingStore(directory);
        store.put(Entries.set(Entries.policy("a.example", "may", null)));
        Files.writeString(directory.resolve("policies-history.jsonl"), "{\"at\":\"2026-", StandardOpenOption.APPEND);
        store.put(Entries.set(Entries.policy("b.example", "may", null)));

        assertThat(store.history(SettingKind.POLICY, Optional.empty())).extracting(change -> change.entry().key())
            .containsExactly("a.example", "b.example");
    }

    @Test
    void shouldBeReadableByItsOwnerAlone() throws Exception {
        new FileSettingStore(directory).put(Entries.set(Entries.policy("a.example", "may", null)));

        for (String file : List.of("policies.json", "policies-history.jsonl")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(file)))).isEqualTo("rw-------");
        }
    }

    @Test
    void shouldReadAFileThatAnOperatorHasEdited() throws Exception {
        FileSettingStore store = new FileSettingStore(directory);
        store.put(Entries.set(Entries.policy("a.example", "may", null)));
        String revision = store.revision(SettingKind.POLICY);
        Files.writeString(policies(), Files.readString(policies()).replace("\"may\"", "\"encrypt\""));

        assertThat(store.revision(SettingKind.POLICY)).isNotEqualTo(revision);
        assertThat(store.load(SettingKind.POLICY)).extracting(Setting::value).containsExactly("encrypt");
    }

    @Test
    void shouldCountAnewAfterADamagedFileOfCountersWasRemoved() throws Exception {
        Files.writeString(directory.resolve("statistics.json"), "{\"version\":1,\"count\":1,\"items\":[{\"run\":\"x\"}]}");
        FileCounterStore store = new FileCounterStore(directory);

        assertThatThrownBy(() -> store.read(Entries.START)).isInstanceOf(StoreException.class)
            .hasMessageContaining("statistics.json").hasMessageContaining("remove it to count anew");
        Files.delete(directory.resolve("statistics.json"));
        assertThat(store.read(Entries.START)).isEmpty();
    }
}
