/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueue.MailQueueItem;
import org.apache.james.queue.api.MailQueue.MailQueueItem.CompletionStatus;
import org.apache.mailet.Mail;
import org.jamesdane.delivery.mail.HoldingTime;
import org.jamesdane.delivery.mail.ItemId;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.retry.StopSignal;
import org.jamesdane.delivery.retry.StorageRetryQueue;
import org.junit.jupiter.api.Test;

/** The end of a mail that was taken from its queue, where a collaborator throws an {@link Error}. */
class TakenItemTest {
    private static final TakenMail.Origin ORIGIN = new TakenMail.Origin() {
        @Override
        public void returnFailed() {
            throw new AssertionError("The queue was told");
        }

        @Override
        public void ended() {
            // As it should.
        }
    };

    /** An origin that is told of a queue which could not be. */
    private static final TakenMail.Origin DEAF = new TakenMail.Origin() {
        @Override
        public void returnFailed() {
            // The queue is looked after.
        }

        @Override
        public void ended() {
            // As it should.
        }
    };

    private final List<String> told = new ArrayList<>();
    private final List<StorageRetryQueue.Work> aside = new ArrayList<>();
    private final StopSignal stopping = new StopSignal();
    private boolean room = true;
    private boolean storeThrows;
    private boolean closed;
    private boolean nothingToDo;
    private HoldingTime holding = HoldingTime.DEFAULT;

    @Test
    void shouldTellTheQueueOfTheEndAlsoWhereTheStoreDoesNotHearIt() throws Exception {
        storeThrows = true;
        assertThatThrownBy(item()::finish).isInstanceOf(MailAccessException.class);

        assertThat(told).containsExactly("settled", "SUCCESS");
    }

    @Test
    void shouldHoldNoThreadForAMailThatGoesBack() throws Exception {
        item().requeue();
        assertThat(told).isEmpty();
        assertThat(aside).singleElement().satisfies(work -> {
            assertThat(work.pause(0)).isEqualTo(Duration.ofSeconds(30));
            assertThat(work.tryAgain()).isTrue();
        });
        assertThat(told).containsExactly("RETRY");

        item().requeue();
        aside.get(1).giveUp();
        assertThat(told).containsExactly("RETRY", "RETRY");
    }

    @Test
    void shouldBeginWithNothingOnceThisServerStops() throws Exception {
        closed = true;

        assertThat(item().begin()).isFalse();
        assertThat(told).containsExactly("RETRY");
        assertThat(aside).isEmpty();
    }

    @Test
    void shouldTakeAMailOutOfTheQueueThatNobodyNeeds() throws Exception {
        nothingToDo = true;

        assertThat(item().begin()).isFalse();
        assertThat(told).containsExactly("SUCCESS");
    }

    /** The queue could not be told of the end, and gives the mail out again by itself. */
    @Test
    void shouldNotPutBackAMailThatHasEnded() throws Exception {
        nothingToDo = true;
        TakenItem item = item("throws");
        assertThatThrownBy(item::begin).isInstanceOf(MailAccessException.class);

        item.requeue();
        assertThat(aside).isEmpty();
    }

    @Test
    void shouldPutBackAtOnceWhatHasNotBegun() throws Exception {
        item().requeueAtOnce();

        assertThat(told).containsExactly("RETRY");
        assertThat(aside).isEmpty();
    }

    @Test
    void shouldNotWaitForLongerThanTheQueueDoes() throws Exception {
        holding = new HoldingTime(Duration.ofSeconds(30));

        item().requeue();

        assertThat(aside).singleElement()
            .satisfies(work -> assertThat(work.pause(0)).isLessThanOrEqualTo(Duration.ofSeconds(30).minus(holding.returnsAt())));
    }

    /** Another node may have it then. */
    @Test
    void shouldNotEndAMessageWhoseMailWentBackToTheQueue() throws Exception {
        TakenItem item = item();
        assertThat(item.begin()).isTrue();
        try (InputStream begun = item.mail().content().open()) {
            assertThat(begun.read()).isPositive();

            item.requeueEarly();

            assertThatThrownBy(begun::readAllBytes).isInstanceOf(IOException.class).hasMessageContaining("went back to its queue");
        }
        assertThat(told).containsExactly("RETRY");
    }

    @Test
    void shouldPutBackAtOnceWhenThisServerStops() throws Exception {
        stopping.give();
        item().requeue();
        room = false;
        item().requeue();

        assertThat(told).containsExactly("RETRY", "RETRY");
        assertThat(aside).isEmpty();
    }

    @Test
    void shouldGiveBackEveryAppearanceOfAMail() throws Exception {
        InHand inHand = new InHand();
        Mail mail = Mails.mail("mail-1", Mails.TEXT, "bob@example.com");
        MailAttributes.setItem(mail, new ItemId("item-1"));
        MailQueueItem first = queued(mail, "first ");
        TakenMail taken = new TakenMail(first, source(inHand), ORIGIN);
        assertThat(inHand.begin(taken.life(), first)).isTrue();
        assertThat(inHand.begin(taken.life(), queued(mail, "throws"))).isFalse();
        assertThat(inHand.begin(taken.life(), queued(mail, "third "))).isFalse();

        taken.finish();
        assertThat(taken.isEnded()).isTrue();
        assertThat(told).containsExactly("first SUCCESS", "third SUCCESS");
    }

    /** Nobody hears of it but the log: the mail is its queue's, which may give it out again. */
    @Test
    void shouldLogOnceThatTheQueueDidNotTakeAMailBack() throws Exception {
        stopping.give();
        TakenItem item = item("throws");
        try (LoggedErrors errors = new LoggedErrors(TakenMail.class)) {
            item.requeue();

            assertThat(errors.sentences()).containsExactly("The mail mail-1 was not put back; its queue may give it out again");
        }
    }

    private TakenItem item() throws Exception {
        return item("");
    }

    private TakenItem item(String name) throws Exception {
        Mail mail = Mails.mail("mail-1", Mails.TEXT, "bob@example.com");
        TakenMail taken = new TakenMail(queued(mail, name), source(new InHand()), name.isEmpty() ? ORIGIN : DEAF);
        Releases releases = (Releases) Proxy.newProxyInstance(getClass().getClassLoader(),
            new Class<?>[] {Releases.class}, (proxy, method, arguments) -> {
                told.add(method.getName());
                if (storeThrows) {
                    throw new NoClassDefFoundError("a trap");
                }
                return null;
            });
        return new TakenItem(taken, new TakenItem.Surroundings(each -> "example.com", new Opened(), releases, new SettledItems(List.of()),
            new LaterReturns(stopping, work -> {
                if (room) {
                    aside.add(work);
                }
                return room;
            })));
    }

    private final class Opened implements TakenItem.Opening {
        @Override
        public boolean isClosed() {
            return closed;
        }

        @Override
        public Optional<JamesMail> open(TakenMail item) {
            return nothingToDo ? Optional.empty() : Optional.of(Mails.outbound(item.mail()));
        }
    }

    private TakenMail.Source source(InHand inHand) {
        return new TakenMail.Source(new QueueReturn(queue(), false), inHand, true, holding);
    }

    private MailQueueItem queued(Mail mail, String name) {
        return new MailQueueItem() {
            @Override
            public Mail getMail() {
                return mail;
            }

            @Override
            public void done(CompletionStatus status) {
                if (name.equals("throws")) {
                    throw new StackOverflowError("a trap");
                }
                told.add(name + status);
            }
        };
    }

    private MailQueue queue() {
        return (MailQueue) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {MailQueue.class},
            (proxy, method, arguments) -> {
                throw new UnsupportedOperationException(method.getName());
            });
    }
}
