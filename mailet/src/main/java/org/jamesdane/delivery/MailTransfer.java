/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.dane.HostAttempt;
import org.jamesdane.dane.HostFailure;
import org.jamesdane.dane.MxHost;
import org.jamesdane.dane.Permit;
import org.jamesdane.dane.RecipientReply;
import org.jamesdane.dane.SecurityLabel;
import org.jamesdane.dane.TlsWish;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.MessageContent;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.smtp.SmtpConnection;
import org.jamesdane.smtp.SmtpFailure;
import org.jamesdane.smtp.TransactionResult;
import org.jamesdane.smtp.Unsendable;
import org.jspecify.annotations.Nullable;

/** One mail over one connection that may carry it: in the form the host takes, and in as many transactions as its recipients need. */
final class MailTransfer {
    /** RFC 5321 §4.5.3.1.8: a server must take 100 recipients, and need not take more. */
    static final int RECIPIENTS_AT_ONCE = 100;

    /**
     * What came of it.
     *
     * @param uncertain whether the host may have taken the mail without saying so
     * @param brokeAtOnce whether the connection broke, or was closed by the host, before anything was decided and the whole message was
     *     written
     */
    record Result(HostAttempt attempt, boolean uncertain, boolean brokeAtOnce) {
    }

    private final SmtpConnection connection;
    private final Permit permit;
    private final MxHost host;
    private final OutboundMail mail;
    private final boolean converting;
    private final DeliveryMetrics metrics;
    private boolean converted;

    /**
     * Takes what it works with.
     *
     * @param converting whether 8-bit content is converted for a host that does not take it
     */
    MailTransfer(SmtpConnection connection, Permit permit, MxHost host, OutboundMail mail, boolean converting, DeliveryMetrics metrics) {
        this.connection = connection;
        this.permit = permit;
        this.host = host;
        this.mail = mail;
        this.converting = converting;
        this.metrics = metrics;
    }

    /** Sends the mail to these recipients. */
    Result send(Envelope whole) throws MailAccessException {
        Optional<ContentRefusal> refusal = mail.refusal();
        if (refusal.isPresent()) {
            return new Result(new HostAttempt.Failed(refusal.get().at(host.toString())), false, false);
        }
        Envelope envelope = protectedAsFarAsPossible(whole);
        List<Recipient> recipients = envelope.recipients();
        Map<String, RecipientReply> replies = new LinkedHashMap<>();
        Optional<TransactionResult> last = Optional.empty();
        boolean uncertain = false;
        boolean brokeAtOnce = false;
        for (int start = 0; start < recipients.size(); start += RECIPIENTS_AT_ONCE) {
            Envelope part = envelope.to(recipients.subList(start, Math.min(start + RECIPIENTS_AT_ONCE, recipients.size())));
            if (last.isPresent() && !connection.isReusable()) {
                RecipientReply notAsked = ReplyMapping.notAsked(host.toString(), last.get());
                part.recipients().forEach(recipient -> replies.put(recipient.toString(), notAsked));
                continue;
            }
            if (start > 0) {
                metrics.count(MetricNames.CONNECTIONS_REUSED);
            }
            TransactionResult result = transact(part);
            Optional<HostFailure> unfit = unfit(result);
            if (unfit.isPresent()) {
                // What a host offers is the same for all recipients, so that this is the first transaction.
                return new Result(new HostAttempt.Failed(unfit.get()), false, false);
            }
            replies.putAll(ReplyMapping.of(host.toString(), part, result, connection.capabilities().dsn()));
            uncertain |= result instanceof TransactionResult.Uncertain;
            brokeAtOnce |= start == 0 && isBroken(result);
            last = Optional.of(result);
        }
        return new Result(new HostAttempt.Transacted(host, permit, replies), uncertain, brokeAtOnce);
    }

    private static boolean isBroken(TransactionResult result) {
        return result instanceof TransactionResult.Interrupted interrupted
            && !(interrupted.failure() instanceof SmtpFailure.ContentUnreadable);
    }

    /**
     * RFC 8689 §5: a notification about a mail with REQUIRETLS goes with REQUIRETLS as well, but is not lost where a host does not offer
     * it; §2: the parameter only where the session meets all that it stands for.
     */
    private Envelope protectedAsFarAsPossible(Envelope envelope) {
        return mail.tlsWish() == TlsWish.REQUIRED && permit.label() == SecurityLabel.VERIFIED && connection.capabilities().requireTls()
            ? envelope.requiringTls() : envelope;
    }

    private TransactionResult transact(Envelope part) throws MailAccessException {
        TransactionResult result = connection.send(permit, part, converted ? sevenBit() : mail.content());
        if (!converted && converting && obstacle(result) instanceof Unsendable.NeedsSevenBit) {
            // RFC 6152 §3: the first of its ways out.
            converted = true;
            return connection.send(permit, part, sevenBit());
        }
        return result;
    }

    /** What cannot be converted goes as it is: to hold it back, or to return it, serves nobody where hosts take it all the same. */
    private MessageContent sevenBit() throws MailAccessException {
        MessageContent content = mail.sevenBitContent();
        return content.eightBit() ? new Undeclared(content) : content;
    }

    /** Why the host can't take the mail as it is, where another one might. */
    private Optional<HostFailure> unfit(TransactionResult result) {
        Optional<Unsendable> obstacle = Optional.ofNullable(obstacle(result));
        return obstacle.flatMap(reason -> ReplyMapping.lacking(host.toString(), reason));
    }

    private static @Nullable Unsendable obstacle(TransactionResult result) {
        return result instanceof TransactionResult.NotStarted notStarted ? notStarted.reason() : null;
    }

    /** A message with 8-bit content that is sent without saying so. */
    private record Undeclared(MessageContent message) implements MessageContent {
        @Override
        public InputStream open() throws IOException {
            return message.open();
        }

        @Override
        public long size() {
            return message.size();
        }

        @Override
        public boolean eightBit() {
            return false;
        }
    }
}
