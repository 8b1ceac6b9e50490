/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import javax.mail.MessagingException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.apache.james.core.MailAddress;
import org.apache.james.mailrepository.api.MailKey;
import org.apache.james.mailrepository.api.MailRepository;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.PerRecipientHeaders.Header;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.ItemId;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Deferred mail in James's own file repository, in front of a queue that ignores delays. */
class RepositoryDeferralStoreTest extends DeferralsContract {
    private final Path directory;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private FragileRepository repository;
    private RepositoryDeferralStore store;

    RepositoryDeferralStoreTest(@TempDir Path directory) throws Exception {
        this.directory = directory;
        repository = new FragileRepository(Mails.fileRepository(directory));
        store = new RepositoryDeferralStore(queue, repository, () -> now, false, 5, LONGEST_DELAY);
    }

    @BeforeEach
    void listen() {
        log.start();
        ((Logger) LoggerFactory.getLogger(RepositoryDeferralStore.class)).setLevel(Level.INFO);
        ((Logger) LoggerFactory.getLogger(RepositoryDeferralStore.class)).addAppender(log);
    }

    @AfterEach
    void close() {
        ((Logger) LoggerFactory.getLogger(RepositoryDeferralStore.class)).detachAppender(log);
        ((Logger) LoggerFactory.getLogger(RepositoryDeferralStore.class)).setLevel(null);
    }

    @Test
    void shouldKeepEnvelopeHistoryAndAttributes() throws Exception {
        MailImpl mail = Mails.mail("mail-1", Mails.TEXT, "bob@example.com", "carol@example.com");
        mail.setAttribute(new Attribute(AttributeName.of("of.others"),
            AttributeValue.of(List.of(AttributeValue.of("a"), AttributeValue.of(7)))));
        mail.addSpecificHeaderForRecipient(Header.builder().name("X-For").value("Bob").build(), new MailAddress("bob@example.com"));
        mail.setRemoteAddr("192.0.2.7");
        MailAttributes.setItem(mail, new ItemId("item-1"));
        FailureNotice notice = new FailureNotice(new EnhancedStatusCode(5, 1, 1), OptionalInt.of(550), "Nobody here.");
        MailHistory history = new MailHistory(Optional.of(new MailAge(NOON.minusSeconds(60), NOON, Optional.of(NOON))), 3,
            Optional.of(notice), Optional.of("Nobody here."));

        store.defer(Mails.outbound(mail), List.of(Mails.outbound(mail).envelope().recipients().get(0)), history, Duration.ZERO);
        restart();
        store.releaseDue();
        Mail back = queue.mails().get(0);
        assertThat(back.getName()).isEqualTo("mail-1");
        assertThat(back.getRecipients()).containsExactly(new MailAddress("bob@example.com"));
        assertThat(back.getMaybeSender()).isEqualTo(mail.getMaybeSender());
        assertThat(back.getRemoteAddr()).isEqualTo("192.0.2.7");
        assertThat(back.getState()).isEqualTo(Mail.ERROR);
        assertThat(back.getAttribute(AttributeName.of("of.others"))).isEqualTo(mail.getAttribute(AttributeName.of("of.others")));
        assertThat(back.getPerRecipientSpecificHeaders().getHeadersForRecipient(new MailAddress("bob@example.com"))).hasSize(1);
        assertThat(MailAttributes.history(back)).isEqualTo(history);
        assertThat(MailAttributes.item(back)).contains(new ItemId("item-1"));
        assertThat(back.getAttribute(MailAttributes.QUEUED_NAME)).isEmpty();
        assertThat(back.getAttribute(MailAttributes.NEXT_TRY)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Subject: plain\r\n\r\nHello.\r\n",
        "Subject: no final line end\r\n\r\nHello",
        "Subject: no body\r\n\r\n",
        "Subject: dots\r\n\r\n.\r\n..\r\n.hidden\r\n",
        "Subject: eight bits\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\u00e4\u00f6\u00fc\r\n",
        "Subject: =?utf-8?q?folded?=\r\n\tand folded\r\nX-Odd :space before colon\r\n\r\nHello\r\n",
        "Content-Transfer-Encoding: base64\r\nSubject: short last line\r\n\r\nSGVsbG8gd29ybGQsIGhlbGxv\r\nIQ==\r\n",
        "Content-Transfer-Encoding: base64\r\nSubject: odd lines\r\n\r\nSGVs\r\nbG8=\r\n\r\n",
        "Content-Transfer-Encoding: quoted-printable\r\nSubject: lower case\r\n\r\nna=c3=afve =\r\nline=20\r\n",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\nPreamble\r\n--b\r\n\r\nPart\r\n--b--\r\nEpilogue"
    })
    void shouldGiveEveryOctetBack(String text) throws Exception {
        MailImpl mail = Mails.mail("mail-1", text, "bob@example.com");
        store.defer(Mails.outbound(mail), Mails.outbound(mail).envelope().recipients(), MailHistory.NEW, Duration.ZERO);
        restart();
        store.releaseDue();

        assertThat(Mails.octets(queue.mails().get(0))).isEqualTo(text);
    }

    @Test
    void shouldGiveEveryOctetOfALargeMessageBack() throws Exception {
        String text = "Subject: large\r\n\r\n" + ("x".repeat(998) + "\r\n").repeat(2000);
        MailImpl mail = Mails.mail("mail-1", text, "bob@example.com");
        store.defer(Mails.outbound(mail), Mails.outbound(mail).envelope().recipients(), MailHistory.NEW, Duration.ZERO);
        store.releaseDue();

        assertThat(Mails.octets(queue.mails().get(0)).equals(text)).isTrue();
    }

    @Test
    void shouldFindAfterARestartWhatWasStoredBefore() throws Exception {
        for (int i = 0; i < 1200; i++) {
            defer("mail-" + i, DELAY, "bob@example.com");
        }
        restart();
        // It is read in parts, so that a long list does not hold up what is due.
        for (int i = 0; i < 3; i++) {
            store.releaseDue();
        }
        assertThat(queue.mails()).isEmpty();
        assertThat(store.list(ALL, 10).total()).isEqualTo(1200);
        assertThat(store.list(ALL, 10).mails()).hasSize(10);
    }

    @Test
    void shouldNotLetAnUnreadableMailHoldUpTheOthers() throws Exception {
        for (int i = 0; i < 3; i++) {
            defer("mail-" + i, DELAY, "bob@example.com");
        }
        restart();
        repository.unreadable = repository.list().next();
        now = NOON.plus(DELAY);
        for (int i = 0; i < 3; i++) {
            store.releaseDue();
        }
        assertThat(queue.mails()).hasSize(2);

        repository.unreadable = null;
        store.releaseDue();
        assertThat(queue.mails()).hasSize(3);
    }

    @Test
    void shouldSayOnceThatTheQueueDoesNotTakeMail() throws Exception {
        defer("mail-1", Duration.ZERO, "bob@example.com");
        queue.breakDown();
        store.releaseDue();
        store.releaseDue();
        assertThat(errors()).hasSize(1);
    }

    @Test
    void shouldLeaveTheMailInTheQueueWhenItCanNotBeStoredAndSayItOnce() throws Exception {
        repository.storing = false;
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> defer("mail-1", DELAY, "bob@example.com")).isInstanceOf(MailAccessException.class);
        }
        assertThat(errors()).hasSize(1);

        repository.storing = true;
        defer("mail-1", DELAY, "bob@example.com");
        assertThat(log.list.get(log.list.size() - 1).getFormattedMessage()).endsWith("works again");
        assertThat(repository.size()).isEqualTo(1);
    }

    @Test
    void shouldNotPutMailBackTwiceThatCouldNotBeRemoved() throws Exception {
        defer("mail-1", DELAY, "bob@example.com");
        now = NOON.plus(DELAY);
        repository.removing = false;
        store.releaseDue();
        store.releaseDue();
        assertThat(queue.names()).containsExactly("mail-1");

        repository.removing = true;
        store.releaseDue();
        assertThat(queue.names()).containsExactly("mail-1");
        assertThat(repository.size()).isZero();
    }

    @Test
    void shouldDoubleAndNotLoseMailWhenTheProcessEndsWhileItIsPutBack() throws Exception {
        defer("mail-1", DELAY, "bob@example.com");
        now = NOON.plus(DELAY);
        repository.removing = false;
        store.releaseDue();
        restart();
        store.releaseDue();

        assertThat(queue.names()).containsExactly("mail-1", "mail-1");
    }

    @Test
    void shouldNotLoseMailDeferredAgainBesideItsFormerCopy() throws Exception {
        defer("mail-1", DELAY, "bob@example.com");
        repository.removing = false;
        now = NOON.plus(DELAY);
        store.releaseDue();
        defer("mail-1", DELAY, "bob@example.com");
        repository.removing = true;
        store.releaseDue();

        now = now.plus(DELAY);
        store.releaseDue();
        assertThat(queue.names()).containsExactly("mail-1", "mail-1");
    }

    @Test
    void shouldDeleteAndReleaseUnreadMailOfTheLastRun() throws Exception {
        for (int i = 0; i < 3; i++) {
            defer("mine-" + i, DELAY, "bob@example.com");
            defer("other-" + i, DELAY, "bob@example.org");
        }
        restart();

        assertThat(store.delete(new DeferredSelection.OfDomain("example.com"))).isEqualTo(3);
        assertThat(repository.size()).isEqualTo(3);
        restart();
        assertThat(store.release(ALL)).isEqualTo(3);
        store.releaseDue();
        assertThat(queue.names()).containsExactlyInAnyOrder("other-0", "other-1", "other-2");
    }

    @Test
    void shouldDeleteWhatCanBeReadThoughOneMailCanNot() throws Exception {
        for (int i = 0; i < 3; i++) {
            defer("mail-" + i, DELAY, "bob@example.com");
        }
        restart();
        repository.unreadable = repository.list().next();

        assertThat(store.delete(ALL)).isEqualTo(2);
        repository.unreadable = null;
        assertThat(store.delete(ALL)).isEqualTo(1);
    }

    @Test
    void shouldKeepMailThatCouldNotBeDeleted() throws Exception {
        defer("mail-1", DELAY, "bob@example.com");
        repository.removing = false;

        assertThatThrownBy(() -> store.delete(ALL)).isInstanceOf(MailAccessException.class);
        repository.removing = true;
        assertThat(store.list(ALL, 10).total()).isEqualTo(1);
    }

    @Test
    void shouldGoOnWithoutMailThatAnAdministratorRemoved() throws Exception {
        defer("gone", DELAY, "bob@example.com");
        defer("here", DELAY.plusSeconds(1), "bob@example.com");
        repository.inner.remove(repository.list().next());
        now = NOON.plus(Duration.ofHours(1));
        store.releaseDue();

        assertThat(queue.mails()).hasSize(1);
        assertThat(store.list(ALL, 10).total()).isZero();
    }

    @Test
    void shouldNotPutAnythingBackOnceItIsClosed() throws Exception {
        defer("mail-1", Duration.ZERO, "bob@example.com");
        store.close();
        store.releaseDue();

        assertThat(queue.mails()).isEmpty();
        assertThat(repository.size()).isEqualTo(1);
    }

    @Test
    void shouldReleaseByItselfOnceStarted() throws Exception {
        defer("mail-1", Duration.ZERO, "bob@example.com");
        store.start();
        try {
            await().untilAsserted(() -> assertThat(queue.names()).containsExactly("mail-1"));
        } finally {
            store.close();
        }
    }

    /** A file that a killed process was writing when it ended. */
    @Test
    void shouldStartWithAHalfWrittenMailInTheRepository() throws Exception {
        defer("whole", DELAY, "bob@example.com");
        try (var files = Files.walk(directory)) {
            Path object = files.filter(file -> file.toString().endsWith("FileObjectStore")).findFirst().orElseThrow();
            Path half = object.resolveSibling(object.getFileName().toString().replaceFirst("^..", "7a"));
            Files.write(half, Arrays.copyOf(Files.readAllBytes(object), 40));
            Files.writeString(half.resolveSibling(half.getFileName().toString().replace("FileObjectStore", "FileStreamStore")), "Subj");
        }
        restart();
        now = NOON.plus(DELAY);
        store.releaseDue();

        assertThat(queue.names()).containsExactly("whole");
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
    long kept() throws Exception {
        return repository.size();
    }

    @Override
    void restart() throws Exception {
        repository = new FragileRepository(Mails.fileRepository(directory));
        store = new RepositoryDeferralStore(queue, repository, () -> now, false, 5, LONGEST_DELAY);
    }

    private List<String> errors() {
        return log.list.stream().filter(event -> event.getLevel() == Level.ERROR).map(ILoggingEvent::getFormattedMessage).toList();
    }

    /** A repository that fails when it is told to. */
    private static final class FragileRepository implements MailRepository {
        private final MailRepository inner;
        private boolean storing = true;
        private boolean removing = true;
        private @Nullable MailKey unreadable;

        FragileRepository(MailRepository inner) {
            this.inner = inner;
        }

        @Override
        public long size() throws MessagingException {
            return inner.size();
        }

        @Override
        public MailKey store(Mail mail) throws MessagingException {
            if (!storing) {
                throw new MessagingException("The disk is full");
            }
            return inner.store(mail);
        }

        @Override
        public Iterator<MailKey> list() throws MessagingException {
            return inner.list();
        }

        @Override
        public Mail retrieve(MailKey key) throws MessagingException {
            if (key.equals(unreadable)) {
                throw new MessagingException("The blob is lost");
            }
            return inner.retrieve(key);
        }

        @Override
        public void remove(MailKey key) throws MessagingException {
            if (!removing) {
                throw new MessagingException("The disk is read-only");
            }
            inner.remove(key);
        }

        @Override
        public void removeAll() throws MessagingException {
            inner.removeAll();
        }
    }
}
