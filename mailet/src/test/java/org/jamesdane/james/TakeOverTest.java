/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import org.apache.james.mailrepository.api.MailRepository;
import org.apache.james.server.core.MailImpl;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.waiting.RealDisk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail that earlier versions have left in James's file repository. */
class TakeOverTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final String TEXT = "Subject: \u00e4\u00f6\u00fc\r\n\r\nbare\nline feed\r\n";

    private final DelayIgnoringQueue queue = new DelayIgnoringQueue();
    private final Random random = new Random(4711);
    private final Path root;
    private final Path old;
    private FileDeferralStore store;

    TakeOverTest(@TempDir Path root) {
        this.root = root;
        this.old = root.resolve("var").resolve("deferred");
        this.store = open();
    }

    @BeforeEach
    void fill() throws Exception {
        RepositoryDeferralStore before = new RepositoryDeferralStore(queue, Mails.fileRepository(root), () -> NOON, false, 5,
            Duration.ofHours(1));
        for (int i = 0; i < 5; i++) {
            MailImpl mail = Mails.mail("mail-" + i, TEXT, "bob@example.com");
            before.defer(Mails.outbound(mail), Mails.outbound(mail).envelope().recipients(), MailHistory.NEW, Duration.ofMinutes(i));
        }
        assertThat(files(old)).hasSize(10);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void shouldMoveMailWithItsTimesAndOctets() throws Exception {
        assertThat(takeOver(() -> true)).isEqualTo(new TakeOver.Result(5, 0, 0));

        assertThat(files(old)).isEmpty();
        assertThat(files(TakeOver.asideOf(old))).isEmpty();
        assertThat(store.list(new DeferredSelection.All(), 10).mails()).extracting(mail -> mail.nextTry().toString())
            .containsExactly("2026-11-01T12:00:00Z", "2026-11-01T12:01:00Z", "2026-11-01T12:02:00Z", "2026-11-01T12:03:00Z",
                "2026-11-01T12:04:00Z");
        store.releaseDue();
        assertThat(queue.names()).containsExactly("mail-0");
        assertThat(Mails.octets(queue.mails().get(0))).isEqualTo(TEXT);
        assertThat(takeOver(() -> true)).isEqualTo(new TakeOver.Result(0, 0, 0));
    }

    @Test
    void shouldMoveMailByItselfOnceStarted() throws Exception {
        FormerRepositories former = new FormerRepositories("outgoing", store,
            Map.of(old, () -> repository(new DyingDisk(Integer.MAX_VALUE))), () -> NOON, time -> true);
        former.start();
        await().untilAsserted(() -> assertThat(store.list(new DeferredSelection.All(), 10).total() + queue.names().size()).isEqualTo(5));
        assertThat(former.problems()).isEmpty();
        former.close();
    }

    @Test
    void shouldKeepAsideWhatJamesCanNotReadAndRemoves() throws Exception {
        List<Path> objects = files(old).stream().filter(file -> file.toString().endsWith("FileObjectStore")).toList();
        byte[] whole = Files.readAllBytes(objects.get(0));
        Files.write(objects.get(0), new byte[] {1, 2, 3});
        Files.delete(objects.get(1));

        assertThat(takeOver(() -> true)).isEqualTo(new TakeOver.Result(3, 0, 2));
        assertThat(files(TakeOver.asideOf(old))).hasSize(3);

        Files.write(TakeOver.asideOf(old).resolve(objects.get(0).getFileName()), whole);
        assertThat(takeOver(() -> true)).isEqualTo(new TakeOver.Result(1, 0, 1));
        assertThat(store.list(new DeferredSelection.All(), 10).total()).isEqualTo(4);
    }

    @Test
    void shouldGoOnWhereItWasStopped() throws Exception {
        int[] left = {3};
        assertThat(takeOver(() -> left[0]-- > 0)).isEqualTo(new TakeOver.Result(3, 0, 0));
        restart();
        assertThat(takeOver(() -> true)).isEqualTo(new TakeOver.Result(2, 0, 0));
        assertThat(store.list(new DeferredSelection.All(), 10).total()).isEqualTo(5);
    }

    /** The disk of the take-over dies at each of its steps; the store that takes the mail does not. */
    @Test
    void shouldLoseAndDoubleNothingWhereverItIsKilled() throws Exception {
        for (int step = 1; step < 40; step++) {
            DyingDisk dying = new DyingDisk(step);
            try {
                new TakeOver(dying, store, () -> !dying.dead()).fromFiles(old, () -> repository(dying), NOON);
            } catch (IOException | IllegalStateException e) {
                assertThat(dying.dead()).isTrue();
            }
            restart();
            store.list(new DeferredSelection.All(), 10);
        }
        takeOver(() -> true);
        assertThat(files(old)).isEmpty();
        List<String> names = new ArrayList<>();
        store.list(new DeferredSelection.All(), 100).mails().forEach(mail -> names.add(mail.id()));
        assertThat(names).containsExactly("mail-0", "mail-1", "mail-2", "mail-3", "mail-4");
    }

    private MailRepository repository(DyingDisk disk) {
        if (disk.dead()) {
            throw new IllegalStateException("dead");
        }
        try {
            return Mails.fileRepository(root);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private TakeOver.Result takeOver(BooleanSupplier goOn) throws Exception {
        return new TakeOver(new RealDisk(), store, goOn).fromFiles(old, () -> repository(new DyingDisk(Integer.MAX_VALUE)), NOON);
    }

    private void restart() throws Exception {
        store.close();
        store = open();
        store.delete(new DeferredSelection.OfDomain("nobody.example"));
    }

    private FileDeferralStore open() {
        return FileDeferralStore.open(queue, root.resolve("waiting").resolve("outgoing"), () -> NOON,
            new DeferralRules(false, 5, Duration.ofHours(1), Duration.ofDays(5)), random::nextLong);
    }

    private static List<Path> files(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
