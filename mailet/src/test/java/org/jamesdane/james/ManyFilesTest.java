/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Mail;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.dns.DomainName;
import org.jamesdane.testing.Spent;
import org.jamesdane.testing.disk.UnsyncedDisk;
import org.jamesdane.waiting.StoredHeader;
import org.jamesdane.waiting.WaitingFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Very many deferred mails in files. It takes minutes, and runs in the profile {@code long} alone; {@code -Dwaiting.mails} is their number.
 * Its bounds are those that docs/deferred-mail.md promises; the figures are printed.
 */
@EnabledIfSystemProperty(named = "waiting.mails", matches = "\\d+")
class ManyFilesTest {
    private static final int MAILS = Integer.getInteger("waiting.mails", 1_000_000);
    private static final int DOMAINS = 50_000;
    /** Number of mails per mail that is due when James starts. */
    private static final int DUE = 1000;
    private static final int WRITERS = 8;
    private static final int PUT_AWAY = 20_000;
    private static final int DELIVERIES = 20;
    private static final long HEAP = 300;
    private static final Duration FIRST_RELEASE = Duration.ofSeconds(60);
    private static final DeferredSelection ALL = new DeferredSelection.All();
    private static final byte[] MESSAGE =
        ("Subject: hello\r\n\r\n" + "0123456789abcdef\r\n".repeat(110)).getBytes(StandardCharsets.US_ASCII);

    private final DelayIgnoringQueue queue = new DelayIgnoringQueue();
    private final Clock clock = Clock.systemUTC();
    private final Random random = new Random(4711);

    @Test
    void shouldStartAndAnswerInTimeWithManyMails(@TempDir Path root) throws Exception {
        fill(root);
        dropPageCache();
        long before = heap();
        long started = System.nanoTime();
        FileDeferralStore store = open(root);
        store.start();
        await().atMost(FIRST_RELEASE).pollInterval(Duration.ofMillis(5)).until(() -> !queue.mails().isEmpty());
        Duration first = Duration.ofNanos(System.nanoTime() - started);
        int known = store.list(ALL, 1).total();
        assertThat(known).as("the first mail leaves before all of them are known").isLessThan(MAILS - queue.mails().size());
        await().atMost(Duration.ofMinutes(10)).pollInterval(Duration.ofMillis(200)).until(() -> total(store) >= MAILS);
        Duration all = Duration.ofNanos(System.nanoTime() - started);
        queue.clear();
        long each = (heap() - before) / MAILS;

        Spent listed = Spent.on(() -> store.list(new DeferredSelection.OfDomain("domain-17.example"), 100).total());
        Spent deleted = Spent.on(() -> store.delete(new DeferredSelection.OfRecipient("user-50018@domain-18.example")));
        Spent released = Spent.on(() -> store.release(DeferredSelection.OfDomains.only(DomainName.of("domain-19.example"))));
        figure("%d mails in files: first release %d ms after opening, with %d of them known; all known after %d ms; %d octets of heap "
            + "each; list by domain %s; delete by recipient %s; release for a changed policy %s", MAILS, first.toMillis(), known,
            all.toMillis(), each, listed, deleted, released);
        store.close();
        assertThat(each).isLessThanOrEqualTo(HEAP);
    }

    @Test
    void shouldPutManyMailsAwayAtOnce(@TempDir Path root) throws Exception {
        FileDeferralStore store = open(root);
        MailImpl mail = Mails.mail("mail", new String(MESSAGE, StandardCharsets.US_ASCII), "bob@example.com");
        AtomicInteger left = new AtomicInteger(PUT_AWAY);
        Spent time = Spent.on(() -> inThreads(DELIVERIES, () -> {
            JamesMail outbound = Mails.outbound(mail);
            while (left.getAndDecrement() > 0) {
                store.defer(outbound, outbound.envelope().recipients(), MailHistory.NEW, Duration.ofHours(1));
            }
            return true;
        }));
        figure("%d mails put away by %d deliveries, each on the disk: %d/s", PUT_AWAY, DELIVERIES,
            PUT_AWAY * 1000L / time.clock().toMillis());
        assertThat(store.list(ALL, 1).total()).isEqualTo(PUT_AWAY);
        store.close();
    }

    private int total(FileDeferralStore store) throws Exception {
        return store.list(ALL, 1).total() + queue.mails().size();
    }

    private FileDeferralStore open(Path root) {
        return FileDeferralStore.open(queue, root.resolve("outgoing"), clock, new DeferralRules(false, 5, Duration.ofDays(2),
            Duration.ofDays(5)), random::nextLong);
    }

    /** Fills a directory without waiting for the disk; the page cache is dropped later. */
    private void fill(Path root) throws Exception {
        Instant now = clock.instant();
        AtomicInteger next = new AtomicInteger();
        try (WaitingFiles files = WaitingFiles.open(root.resolve("outgoing"), new UnsyncedDisk(), () -> {
            synchronized (random) {
                return random.nextLong();
            }
        })) {
            inThreads(WRITERS, () -> {
                for (int i = next.getAndIncrement(); i < MAILS; i = next.getAndIncrement()) {
                    Instant due = i % DUE == 0 ? now : now.plus(Duration.ofHours(6)).plusMillis(i);
                    files.put(header(i, now), new ByteArrayInputStream(MESSAGE), due);
                }
                return true;
            });
        }
    }

    private static StoredHeader header(int i, Instant now) {
        String recipient = "user-" + i + "@domain-" + i % DOMAINS + ".example";
        return new StoredHeader("mail-" + i, Optional.of("alice@sender.example"), List.of(recipient),
            new StoredHeader.Origin("client.example", "192.0.2.1"), new StoredHeader.Status(Mail.ERROR, Optional.empty(), now), List.of(),
            new TreeMap<>());
    }

    private static boolean inThreads(int threads, Callable<Boolean> work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(pool.submit(work));
            }
            for (Future<Boolean> each : all) {
                assertThat(each.get(1, TimeUnit.HOURS)).isTrue();
            }
        } finally {
            pool.shutdown();
        }
        return true;
    }

    private static long heap() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Only root may, and not everywhere; without that the files come from memory. */
    private static void dropPageCache() throws Exception {
        assertThat(new ProcessBuilder("sync").inheritIO().start().waitFor()).isZero();
        try {
            Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "3");
            figure("The page cache was dropped.");
        } catch (IOException e) {
            figure("The page cache could not be dropped: %s", e);
        }
    }

    private static void figure(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
