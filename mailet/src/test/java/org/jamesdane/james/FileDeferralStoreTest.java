/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

import org.apache.james.core.MailAddress;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.delivery.deferral.DeferredMails;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.testing.disk.ForgettingDisk;
import org.jamesdane.waiting.WaitingFiles;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deferred mail in files of our own, in front of a queue that ignores delays. */
class FileDeferralStoreTest extends DeferralsContract {
    private static final Path ROOT = Path.of("/waiting/outgoing");

    private final Random random = new Random(4711);
    private ForgettingDisk disk = new ForgettingDisk();
    private FileDeferralStore store = open();

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void shouldKeepEverythingOverARestart() throws Exception {
        String text = "Subject: \u00e4\u00f6\u00fc\r\n\r\nbare\nline feed \u00ff\r\n";
        MailImpl mail = Mails.mail("mail-1", text, "bob@example.com", "carol@example.com");
        mail.setAttribute(new Attribute(AttributeName.of("of.others"), AttributeValue.of(List.of(AttributeValue.of("a")))));
        MailHistory history = new MailHistory(Optional.of(new MailAge(NOON.minusSeconds(60), NOON, Optional.of(NOON))), 3,
            Optional.empty(), Optional.of("Nobody here."));
        store.defer(Mails.outbound(mail), List.of(Mails.outbound(mail).envelope().recipients().get(0)), history, Duration.ZERO);
        restart();
        store.releaseDue();

        Mail back = queue.mails().get(0);
        assertThat(back.getRecipients()).containsExactly(new MailAddress("bob@example.com"));
        assertThat(back.getAttribute(AttributeName.of("of.others"))).isEqualTo(mail.getAttribute(AttributeName.of("of.others")));
        assertThat(MailAttributes.history(back)).isEqualTo(history);
        assertThat(back.getAttribute(MailAttributes.NEXT_TRY)).isEmpty();
        assertThat(back.getState()).isEqualTo(Mail.ERROR);
        assertThat(Mails.octets(back)).isEqualTo(text);
    }

    @Test
    void shouldLeaveTheMailInTheQueueWhenItCanNotBeStored() {
        disk.dieAt(0);
        assertThatThrownBy(() -> defer("mail-1", DELAY, "bob@example.com")).isInstanceOf(MailAccessException.class);
    }

    @Test
    void shouldReleaseTheOthersWhereOneMailMeetsAnError() throws Exception {
        for (int i = 1; i <= 3; i++) {
            defer("mail-" + i, Duration.ZERO, "bob@example.com");
        }
        queue.throwAnErrorAt("mail-2");
        store.releaseDue();
        assertThat(queue.names()).containsExactlyInAnyOrder("mail-1", "mail-3");

        queue.throwAnErrorAt("");
        now = now.plusSeconds(60);
        store.releaseDue();
        assertThat(queue.names()).contains("mail-2");
    }

    /** The kind that cost twenty mails of twenty: no descriptors, no permission, an I/O error. */
    @Test
    void shouldNeverRemoveWhatCanNotBeReadNow() throws Exception {
        defer("mail-1", Duration.ZERO, "bob@example.com");
        Path mail = mailFiles().get(0);
        disk.failReading(Optional.of(mail));
        store.releaseDue();
        assertThatThrownBy(() -> store.list(ALL, 10)).isInstanceOf(MailAccessException.class);
        assertThatThrownBy(() -> store.delete(ALL)).isInstanceOf(MailAccessException.class);
        assertThat(mailFiles()).containsExactly(mail);

        disk.failReading(Optional.empty());
        now = now.plusSeconds(30);
        store.releaseDue();
        assertThat(queue.names()).containsExactly("mail-1");
    }

    @Test
    void shouldPutDamagedMailAsideAndShowIt() throws Exception {
        defer("mail-1", Duration.ZERO, "bob@example.com");
        Path mail = mailFiles().get(0);
        disk.damage(mail, (int) disk.size(mail) - 40);
        store.releaseDue();
        restart();
        store.releaseDue();

        assertThat(queue.mails()).isEmpty();
        DeferredMails.Listing listing = store.list(new DeferredSelection.OfDomain("example.com"), 10);
        assertThat(listing.total()).isEqualTo(1);
        assertThat(listing.mails()).singleElement().satisfies(row -> {
            assertThat(row.recipients()).containsExactly("bob@example.com");
            assertThat(row.progress().lastReason().orElseThrow()).contains("checksum").contains("quarantine");
        });
        assertThat(store.problems()).singleElement().asString().contains("1 damaged").contains("quarantine");
        assertThat(mailFiles()).hasSize(1);
    }

    @Test
    void shouldTellTheSenderOfDamagedMailWhenItsLifetimeEnds() throws Exception {
        defer("mail-1", Duration.ZERO, "bob@example.com");
        Path mail = mailFiles().get(0);
        disk.damage(mail, (int) disk.size(mail) - 40);
        store.releaseDue();
        now = NOON.plus(Duration.ofDays(5)).minusSeconds(1);
        store.releaseDue();
        assertThat(queue.mails()).isEmpty();

        now = NOON.plus(Duration.ofDays(5)).plusSeconds(60);
        store.releaseDue();
        now = now.plusSeconds(120);
        store.releaseDue();
        restart();
        store.releaseDue();
        assertThat(queue.mails()).singleElement().satisfies(notice -> {
            assertThat(notice.getRecipients()).containsExactly(new MailAddress("bob@example.com"));
            assertThat(MailAttributes.history(notice).pendingNotice().orElseThrow().text()).contains("damaged");
        });
        assertThat(mailFiles()).hasSize(1);
    }

    @Test
    void shouldShowDamagedMailWhoseEnvelopeIsLost() throws Exception {
        defer("mail-1", Duration.ZERO, "bob@example.com");
        disk.damage(mailFiles().get(0), 30);
        store.releaseDue();

        assertThat(store.list(ALL, 10).mails()).singleElement().satisfies(row -> assertThat(row.recipients()).isEmpty());
        now = NOON.plus(Duration.ofDays(50));
        store.releaseDue();
        assertThat(queue.mails()).isEmpty();
    }

    @Test
    void shouldReleaseAndDeleteAlsoWhatTheLastRunLeft() throws Exception {
        for (int i = 0; i < 3; i++) {
            defer("mine-" + i, DELAY, "bob@example.com");
            defer("other-" + i, DELAY, "bob@example.org");
        }
        restart();
        assertThat(store.delete(new DeferredSelection.OfDomain("example.com"))).isEqualTo(3);
        assertThat(mailFiles()).hasSize(3);
        restart();
        assertThat(store.release(ALL)).isEqualTo(3);
        store.releaseDue();
        assertThat(queue.names()).containsExactlyInAnyOrder("other-0", "other-1", "other-2");
    }

    @Test
    void shouldReleaseByItselfOnceStartedUntilItIsClosed() throws Exception {
        defer("mail-1", Duration.ZERO, "bob@example.com");
        store.start();
        await().untilAsserted(() -> assertThat(queue.names()).containsExactly("mail-1"));
        defer("mail-2", DELAY, "bob@example.com");
        store.close();
        now = NOON.plus(DELAY);
        store.releaseDue();
        assertThat(queue.names()).containsExactly("mail-1");
    }

    @Test
    void shouldStopASecondJamesWithASentence(@TempDir Path directory) {
        FileDeferralStore first = FileDeferralStore.open(queue, directory.resolve("outgoing"), () -> now, rules(), random::nextLong);
        assertThatThrownBy(() -> FileDeferralStore.open(queue, directory.resolve("outgoing"), () -> now, rules(), random::nextLong))
            .isInstanceOf(ConfigurationError.class).hasMessageContaining("another James").hasMessageContaining("store.directory");
        first.close();
    }

    /** On a real disk, with the messages in files of James. */
    @Test
    void shouldKeepMailOnARealDisk(@TempDir Path directory) throws Exception {
        String text = "Subject: large\r\n\r\n" + ("x".repeat(998) + "\r\n").repeat(2000);
        Path files = directory.resolve("waiting").resolve("outgoing");
        FileDeferralStore first = FileDeferralStore.open(queue, files, () -> now, rules(), random::nextLong);
        MailImpl mail = Mails.mail("mail-1", text, "bob@example.com");
        first.defer(Mails.outbound(mail), Mails.outbound(mail).envelope().recipients(), MailHistory.NEW, Duration.ZERO);
        first.close();
        FileDeferralStore second = FileDeferralStore.open(queue, files, () -> now, rules(), random::nextLong);
        second.releaseDue();
        second.close();
        assertThat(Mails.octets(queue.mails().get(0)).equals(text)).isTrue();
    }

    @Test
    void shouldHaveAMailInHandAloneUntilItIsDone() throws Exception {
        JamesMail mail = Mails.outbound(Mails.mail("mail-1", Mails.TEXT, "bob@example.com", "carol@example.com"));
        QueuedMail<JamesMail> item = store.storeInHand(mail, MailHistory.NEW).orElseThrow();
        store.releaseDue();
        assertThat(queue.mails()).isEmpty();
        assertThat(Mails.octets(item.mail().mail())).isEqualTo(Mails.TEXT);
        assertThat(item.mail().envelope()).isEqualTo(mail.envelope());

        // Once more for one of them, with the octets that are there.
        Path stored = mailFiles().get(0);
        long before = disk.size(stored);
        store.defer(item.mail(), List.of(item.mail().envelope().recipients().get(1)), MailHistory.NEW, DELAY);
        assertThat(mailFiles()).hasSize(2).allSatisfy(file -> assertThat(disk.size(file)).isEqualTo(before));
        item.finish();
        restart();
        now = NOON.plus(DELAY);
        store.releaseDue();
        assertThat(queue.mails()).singleElement().satisfies(rest ->
            assertThat(rest.getRecipients()).extracting(MailAddress::asString).containsExactly("carol@example.com"));
        assertThat(Mails.octets(queue.mails().get(0))).isEqualTo(Mails.TEXT);
        assertThat(mailFiles()).isEmpty();
    }

    @Test
    void shouldMakeDueWhatWasPutBackFromTheHand() throws Exception {
        JamesMail mail = Mails.outbound(Mails.mail("mail-1", Mails.TEXT, "bob@example.com"));
        store.storeInHand(mail, MailHistory.NEW).orElseThrow().requeue();
        store.releaseDue();
        assertThat(queue.names()).containsExactly("mail-1");
    }

    @Test
    void shouldMakeDueAfterARestartWhatWasInHand() throws Exception {
        JamesMail mail = Mails.outbound(Mails.mail("mail-1", Mails.TEXT, "bob@example.com"));
        assertThat(store.storeInHand(mail, MailHistory.NEW)).isPresent();
        restart();
        store.releaseDue();
        assertThat(queue.names()).containsExactly("mail-1");
    }

    /** Every step is the last in turn; what was confirmed arrives, and twice at most what was on its way into the queue. */
    @Test
    void shouldLoseNothingAndDoubleOnlyWhatWasOnItsWay() throws Exception {
        List<String> confirmed = new ArrayList<>();
        live(confirmed);
        int steps = disk.steps();
        for (int step = 1; step <= steps; step += 1) {
            disk = new ForgettingDisk();
            queue.clear();
            confirmed.clear();
            now = NOON;
            disk.dieAt(step);
            live(confirmed);
            List<String> before = queue.names();
            disk = step % 2 == 0 ? disk.afterKill() : disk.afterPowerFailure(new Random(step));
            store.close();
            store = open();
            now = NOON.plus(Duration.ofDays(1));
            for (int i = 0; i < 30; i++) {
                store.releaseDue();
            }
            assertThat(queue.names()).as("step %d", step).containsAll(confirmed);
            Set<String> doubled = new TreeSet<>(queue.names());
            doubled.removeIf(name -> queue.names().stream().filter(name::equals).count() == 1);
            assertThat(doubled).as("step %d", step).isSubsetOf(before);
            // One at a time is put back, the batch is what a power failure may undo.
            assertThat(doubled.size()).as("step %d", step).isLessThanOrEqualTo(step % 2 == 0 ? 1 : 5);
        }
    }

    private void live(List<String> confirmed) {
        try {
            store.close();
            store = open();
        } catch (IllegalStateException e) {
            return;
        }
        for (int i = 0; i < 8; i++) {
            try {
                defer("mail-" + i, DELAY, "bob@example.com");
                confirmed.add("mail-" + i);
            } catch (MailAccessException e) {
                assertThat(disk.isDead()).isTrue();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        now = NOON.plus(DELAY);
        store.releaseDue();
        store.releaseDue();
    }

    @Override
    DeferralBackend store() {
        return store;
    }

    @Override
    void releaseDue() {
        store.releaseDue();
    }

    @Override
    long kept() {
        return mailFiles().size();
    }

    @Override
    void restart() {
        store.close();
        disk = disk.afterKill();
        store = open();
    }

    private static DeferralRules rules() {
        return new DeferralRules(false, 5, LONGEST_DELAY, Duration.ofDays(5));
    }

    private FileDeferralStore open() {
        try {
            return new FileDeferralStore(queue, WaitingFiles.open(ROOT, disk, random::nextLong), () -> now, rules());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<Path> mailFiles() {
        return disk.files().stream().filter(file -> file.toString().endsWith(".mail")).toList();
    }
}
