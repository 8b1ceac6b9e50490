/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.delivery.Trap.Place;
import org.jamesdane.delivery.mail.ContentRefusal;
import org.jamesdane.delivery.mail.ForwardingMail;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.MessageContent;
import org.jamesdane.smtp.Recipient;

/** An item of a queue, with a trap at each question to its mail and at each answer of it. */
final class TrappedItem implements QueuedMail<TrappedItem.Mail> {
    private final Mail mail;
    private final Trap trap;
    private final boolean deaf;
    private final Set<String> settled = new HashSet<>();
    private boolean gone;

    /**
     * Takes a mail.
     *
     * @param deaf whether the queue can't be told that the mail is done
     */
    TrappedItem(TestMail mail, Trap trap, boolean deaf) {
        this.mail = new Mail(mail, trap);
        this.trap = trap;
        this.deaf = deaf;
    }

    @Override
    public Mail mail() {
        return mail;
    }

    @Override
    public void finish() throws MailAccessException {
        trap.pass(Place.DONE);
        if (deaf) {
            throw new MailAccessException("The queue is away, as the test wants it", new IllegalStateException());
        }
        gone = true;
    }

    @Override
    public void requeue() {
        trap.pass(Place.PUT_BACK);
    }

    @Override
    public void settled(Collection<String> recipients) {
        trap.pass(Place.JOURNAL);
        settled.addAll(recipients);
    }

    /** A queue that was not told of the end gives the mail out again, to those of whom no journal says that they have it. */
    Optional<TestMail> leftOver() {
        List<Recipient> open = mail.mail.envelope().recipients().stream().filter(each -> !settled.contains(each.toString())).toList();
        return gone || open.isEmpty() ? Optional.empty() : Optional.of(mail.mail.in(mail.mail.envelope().to(open)));
    }

    /** A mail. */
    static final class Mail extends ForwardingMail {
        private final TestMail mail;
        private final Trap trap;

        Mail(TestMail mail, Trap trap) {
            this.mail = mail;
            this.trap = trap;
        }

        TestMail mail() {
            return mail;
        }

        @Override
        protected OutboundMail forwarded() {
            return mail;
        }

        @Override
        public Envelope envelope() {
            trap.pass(Place.ENVELOPE);
            return super.envelope();
        }

        @Override
        public MailHistory history() {
            trap.pass(Place.HISTORY);
            return super.history();
        }

        @Override
        public Optional<ContentRefusal> refusal() throws MailAccessException {
            trap.pass(Place.REFUSAL);
            return super.refusal();
        }

        @Override
        public MessageContent content() throws MailAccessException {
            trap.pass(Place.CONTENT);
            return new Content(super.content(), trap);
        }

        @Override
        public MessageContent sevenBitContent() throws MailAccessException {
            trap.pass(Place.CONVERSION);
            return new Content(super.sevenBitContent(), trap);
        }
    }

    private record Content(MessageContent content, Trap trap) implements MessageContent {
        @Override
        public InputStream open() throws IOException {
            trap.pass(Place.OPEN);
            return new FilterInputStream(content.open()) {
                @Override
                public int readNBytes(byte[] block, int offset, int length) throws IOException {
                    trap.pass(Place.READ);
                    return super.readNBytes(block, offset, length);
                }

                @Override
                public void close() throws IOException {
                    trap.pass(Place.CLOSE);
                    super.close();
                }
            };
        }

        @Override
        public long size() {
            return content.size();
        }

        @Override
        public boolean eightBit() {
            return content.eightBit();
        }
    }
}
