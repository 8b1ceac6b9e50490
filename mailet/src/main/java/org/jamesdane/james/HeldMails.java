/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

import javax.mail.MessagingException;

import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.store.StoreException;
import org.jamesdane.store.WaitingMail;
import org.jamesdane.store.WaitingMail.Handle;
import org.jamesdane.store.WaitingMails;
import org.jamesdane.waiting.DamagedMailException;
import org.jamesdane.waiting.StoredHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mails that this node sends from the database's copy, and the leases that keep others from it. A lease is prolonged until the mail is
 * done, and no octet after the last one is sent once it may have ended.
 */
final class HeldMails implements Closeable {
    private static final Logger LOGGER = LoggerFactory.getLogger(HeldMails.class);
    /** A lease is prolonged so often within its time that one failure or two do no harm. */
    private static final int RENEWALS = 4;
    /** Tokens are below it: generations that follow one still fit into a word of 18 digits. */
    static final long MAX_TOKEN = 1L << 56;

    private final WaitingMails waiting;
    private final BiFunction<Mail, Envelope, JamesMail> mails;
    private final LongSupplier tokens;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "dane-leases");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Prepares.
     *
     * @param mails makes a mail as delivery sees it
     * @param tokens random numbers above 0
     */
    HeldMails(WaitingMails waiting, BiFunction<Mail, Envelope, JamesMail> mails, LongSupplier tokens) {
        this.waiting = waiting;
        this.mails = mails;
        this.tokens = tokens;
    }

    /** Stores a mail and keeps it in hand. */
    QueuedMail<JamesMail> hold(WaitingMail mail) throws StoreException, MailAccessException {
        long begin = System.nanoTime();
        Handle handle = waiting.storeInHand(mail, tokens.getAsLong());
        Held held = new Held(handle, begin);
        boolean open = false;
        try {
            held.open(waiting);
            open = true;
            return held;
        } catch (DamagedMailException | IOException | MessagingException e) {
            throw new MailAccessException("The mail that was just stored could not be read back", e);
        } finally {
            if (!open) {
                held.close();
                // Its lease ends soon, and the item is still in the queue: the row must not become a second mail.
                waiting.done(handle);
            }
        }
    }

    @Override
    public void close() {
        timer.shutdown();
    }

    private final class Held implements QueuedMail<JamesMail>, JamesMail.Right {
        private final Handle handle;
        private final DatabaseDeferralStore.SpooledCopy copy = new DatabaseDeferralStore.SpooledCopy();
        private Optional<JamesMail> mail = Optional.empty();
        private Optional<ScheduledFuture<?>> renewals = Optional.empty();
        private volatile long renewed;
        private volatile boolean lost;

        Held(Handle handle, long renewed) {
            this.handle = handle;
            this.renewed = renewed;
        }

        void open(WaitingMails store) throws StoreException, DamagedMailException, IOException, MessagingException {
            WaitingMail.Read read = store.read(handle, copy.target()).orElseThrow(() -> new IOException("it is another node's already"));
            copy.finish();
            MailImpl stored = StoredMail.mail(StoredHeader.decode(read.header()).to(read.recipients()), copy);
            stored.setAttribute(new Attribute(MailAttributes.WAITING, AttributeValue.of(handle.word())));
            mail = JamesEnvelope.of(stored).envelope().map(envelope -> mails.apply(stored, envelope).under(this));
            long pause = waiting.leaseInHand().toMillis() / RENEWALS;
            try {
                renewals = Optional.of(timer.scheduleWithFixedDelay(this::renew, pause, pause, TimeUnit.MILLISECONDS));
            } catch (RejectedExecutionException e) {
                throw new IOException("this server stops", e);
            }
        }

        private void renew() {
            long begin = System.nanoTime();
            try {
                if (waiting.renew(handle)) {
                    renewed = begin;
                } else {
                    lost = true;
                    LOGGER.warn("The deferred mail {} is another node's: its lease had ended here", handle.id());
                }
            } catch (Throwable e) {
                // A timer's task that throws never runs again.
                LOGGER.warn("The lease of the deferred mail {} could not be prolonged", handle.id(), e);
            }
        }

        /** Asks by time alone: a node that stood still for longer than its lease has lost it, though nobody could tell it so. */
        @Override
        public void check() throws IOException {
            if (lost || Duration.ofNanos(System.nanoTime() - renewed).compareTo(waiting.leaseInHand()) >= 0) {
                throw new IOException("the lease of the mail has ended here; another node sends it");
            }
        }

        @Override
        public JamesMail mail() {
            return mail.orElseThrow();
        }

        @Override
        public void finish() throws MailAccessException {
            end(() -> waiting.done(handle));
        }

        @Override
        public void requeue() throws MailAccessException {
            end(() -> waiting.release(handle));
        }

        private void end(Step step) throws MailAccessException {
            renewals.ifPresent(each -> each.cancel(false));
            try {
                step.run();
            } catch (Throwable e) {
                throw new MailAccessException("The end of the deferred mail " + handle.id() + " could not be recorded", e);
            } finally {
                close();
            }
        }

        void close() {
            renewals.ifPresent(each -> each.cancel(false));
            mail.ifPresent(each -> {
                each.close();
                LifecycleUtil.dispose(each.mail());
            });
            try {
                copy.close();
            } catch (IOException e) {
                LOGGER.warn("A temporary copy of a mail could not be deleted", e);
            }
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws StoreException;
    }
}
