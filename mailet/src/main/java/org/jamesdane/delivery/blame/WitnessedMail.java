/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.blame;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

import org.jamesdane.dane.failure.Fault;
import org.jamesdane.dane.outcome.HostAttempt;
import org.jamesdane.dane.outcome.RecipientReply;
import org.jamesdane.delivery.discovery.BlockingResolver;
import org.jamesdane.delivery.mail.ContentRefusal;
import org.jamesdane.delivery.mail.ForwardingMail;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.MessageContent;

/** A mail during an attempt, which notes the steps that it got past, and the step at which it failed. */
public final class WitnessedMail extends ForwardingMail {
    /** Reads or converts the message. */
    @FunctionalInterface
    private interface Reading<T> {
        T read() throws MailAccessException;
    }

    private final OutboundMail mail;
    private final Witnesses witnesses;
    private final Witnesses.Party party;
    private final InstantSource clock;

    /** Wraps a mail for one attempt; its passed steps are told to these witnesses. */
    public WitnessedMail(OutboundMail mail, Witnesses witnesses, InstantSource clock) {
        this.mail = mail;
        this.witnesses = witnesses;
        this.party = party(mail);
        this.clock = clock;
    }

    @Override
    protected OutboundMail forwarded() {
        return mail;
    }

    /** The mail as the rule for blame knows it. */
    public static Witnesses.Party party(OutboundMail mail) {
        Envelope envelope = mail.envelope();
        return new Witnesses.Party(mail.name(), envelope.sender().map(Object::toString).orElse(""),
            envelope.recipients().isEmpty() ? "" : envelope.recipients().get(0).domain());
    }

    /** Notes that it got past a step; nothing depends on that now. */
    public void passed(Fault step) {
        try {
            Instant now = clock.instant();
            witnesses.passed(step, party, now);
        } catch (Throwable e) {
            Witnesses.LOGGER.warn("It could not be noted that the mail {} got past {}", mail.name(), step, e);
        }
    }

    /** Notes which lookups for the mail got an answer, and over which resolver one failed. */
    public BlockingResolver.Watch lookups() {
        return new BlockingResolver.Watch() {
            @Override
            public void answered(Optional<String> resolver) {
                guarded(() -> witnesses.passed(Fault.LOOKUP, resolver, party, clock.instant()));
            }

            @Override
            public void failed(Optional<String> resolver) {
                guarded(() -> witnesses.lookupFailed(party, resolver));
            }
        };
    }

    private void guarded(Runnable note) {
        try {
            note.run();
        } catch (Throwable e) {
            Witnesses.LOGGER.warn("It could not be noted how a lookup for the mail {} ended", mail.name(), e);
        }
    }

    /** Notes what an attempt at a host shows to work. */
    public void passed(HostAttempt attempt) {
        if (attempt instanceof HostAttempt.Transacted transacted) {
            passed(Fault.CONNECTION);
            if (transacted.replies().values().stream().anyMatch(RecipientReply.Accepted.class::isInstance)) {
                passed(Fault.CONTENT);
                passed(Fault.DIALOGUE);
            }
        }
    }

    private <T> T at(Fault step, Reading<T> reading) throws MailAccessException {
        try {
            return reading.read();
        } catch (Throwable e) {
            String what = step == Fault.CONVERSION ? "converted" : "read";
            throw new MailAccessException("The message of the mail " + mail.name() + " could not be " + what, e, step);
        }
    }

    @Override
    public MessageContent content() throws MailAccessException {
        return at(Fault.CONTENT, mail::content);
    }

    @Override
    public MessageContent sevenBitContent() throws MailAccessException {
        MessageContent converted = at(Fault.CONVERSION, mail::sevenBitContent);
        passed(Fault.CONVERSION);
        return converted;
    }

    @Override
    public Optional<ContentRefusal> refusal() throws MailAccessException {
        return at(Fault.CONTENT, mail::refusal);
    }
}
