/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

import com.google.common.collect.Lists;
import org.jamesdane.dane.channel.Permit;
import org.jamesdane.dane.failure.Fault;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.HostAttempt;
import org.jamesdane.dane.outcome.RecipientKey;
import org.jamesdane.dane.outcome.RecipientReply;
import org.jamesdane.dane.policy.SenderTlsPreference;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.delivery.mail.ContentRefusal;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.monitoring.MetricNames;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.MessageContent;
import org.jamesdane.smtp.NextMail;
import org.jamesdane.smtp.Phase;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.smtp.RecipientLimit;
import org.jamesdane.smtp.RecipientResult;
import org.jamesdane.smtp.SessionRefusal;
import org.jamesdane.smtp.SmtpConnection;
import org.jamesdane.smtp.SmtpFailure;
import org.jamesdane.smtp.TransactionResult;
import org.jamesdane.smtp.Unsendable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Transfer of a mail over one permitted connection: in the form the host takes, and in as many transactions as the recipients need. */
public final class MailTransfer {
    private static final Logger LOGGER = LoggerFactory.getLogger(MailTransfer.class);
    /** RFC 5321 §4.5.3.1.8: a server must take 100 recipients, and need not take more. */
    public static final int RECIPIENTS_AT_ONCE = 100;
    private static final String NO_TIME = "the message is too long to be sent there in the time for which its queue leaves it to a "
        + "delivery, and it could not be stored for longer";

    /**
     * Result of the transfer.
     *
     * @param uncertain whether the host may have taken the mail without saying so
     * @param brokeAtOnce whether the connection broke, or was closed by the host, before anything was decided and the whole message was
     *     written
     * @param refusal of the session, as far as it can be told from one of the mail
     */
    record Result(HostAttempt attempt, boolean uncertain, boolean brokeAtOnce, Optional<Refusal> refusal) {
    }

    /**
     * Ways on from the transactions.
     *
     * @param ended hears of the end of each
     * @param next gives the mail to follow with the end of the last one of this mail
     */
    record Continuation(Consumer<TransactionResult> ended, Supplier<Optional<NextMail>> next) {
    }

    /**
     * Refusal that may be meant for the session.
     *
     * @param phase the command
     * @param inGroup whether the command was sent with the end of the mail before: no 5yz to it is final
     * @param mailsBefore mails that the connection had carried; 0 for a fresh one, where it is the mail that is refused after all
     * @param recipients those whom a fresh connection may decide
     */
    record Refusal(Phase phase, boolean inGroup, int mailsBefore, Set<RecipientKey> recipients) {
        Refusal {
            recipients = Set.copyOf(recipients);
        }
    }

    private final SmtpConnection connection;
    private final Permit permit;
    private final MxHost host;
    private final OutboundMail mail;
    private final DialogueTerms terms;
    private final DeliveryMetrics metrics;
    private final Continuation continuation;
    private final Deque<List<Recipient>> batches = new ArrayDeque<>();
    /** Written down after each transaction, so that nothing that goes wrong later takes it back. */
    private final Map<RecipientKey, RecipientReply> replies = new LinkedHashMap<>();
    private Optional<Phase> sameAgain = Optional.empty();
    private boolean divided;
    private boolean uncertain;
    private boolean converted;

    /**
     * Takes what it works with.
     *
     * @param continuation goes on with what the transactions leave
     */
    MailTransfer(SmtpConnection connection, Permit permit, MxHost host, OutboundMail mail, DialogueTerms terms, DeliveryMetrics metrics,
            Continuation continuation) {
        this.connection = connection;
        this.permit = permit;
        this.host = host;
        this.mail = mail;
        this.terms = terms;
        this.metrics = metrics;
        this.continuation = continuation;
    }

    /**
     * Sends the mail to these recipients. An exception ends the transfer where it stands: recipients whose fate was decided keep it.
     *
     * @throws MailAccessException if the message could not be had, and nothing was decided yet
     */
    Result send(Envelope whole) throws MailAccessException {
        try {
            return sendAll(protectedAsFarAsPossible(whole));
        } catch (Throwable e) {
            if (replies.isEmpty()) {
                throw e;
            }
            LOGGER.error("An unexpected error ended the transfer of the mail {} to {}; what was decided stays", mail.name(), host, e);
            RecipientReply notAsked = new RecipientReply.Interrupted(HostFailureMapping.unexpected(host.toString(), e, Fault.DIALOGUE));
            whole.recipients().forEach(recipient -> replies.putIfAbsent(Outcomes.key(recipient), notAsked));
            return new Result(new HostAttempt.Transacted(host, permit, replies), uncertain, false, Optional.empty());
        }
    }

    private Result sendAll(Envelope envelope) throws MailAccessException {
        Optional<ContentRefusal> refusal = mail.refusal();
        if (refusal.isPresent()) {
            return new Result(new HostAttempt.Failed(refusal.get().at(host.toString())), false, false, Optional.empty());
        }
        Optional<TransactionResult> last = Optional.empty();
        boolean brokeAtOnce = false;
        batches.addAll(Lists.partition(envelope.recipients(), RECIPIENTS_AT_ONCE));
        while (!batches.isEmpty()) {
            Envelope part = envelope.to(batches.removeFirst());
            if (last.isPresent() && !connection.isReusable()) {
                notAsked(part.recipients(), last.get());
                continue;
            }
            if (last.isPresent()) {
                metrics.count(MetricNames.CONNECTIONS_REUSED);
            }
            long octets = mail.content().size();
            if (!mail.mayBegin(host.toString(), octets)) {
                HostFailure noTime = HostFailure.protocol(host.toString(), NO_TIME);
                if (last.isEmpty()) {
                    return new Result(new HostAttempt.Failed(noTime), false, false, Optional.empty());
                }
                part.recipients().forEach(recipient -> replies.put(Outcomes.key(recipient), new RecipientReply.Interrupted(noTime)));
                continue;
            }
            int before = connection.mailsTaken();
            boolean grouped = connection.hasBegun();
            TransactionResult result = transact(part);
            continuation.ended().accept(result);
            Optional<HostFailure> unfit = unfit(result);
            if (unfit.isPresent()) {
                // What a host offers is the same for all recipients, so that this is the first transaction.
                return new Result(new HostAttempt.Failed(unfit.get()), false, false, Optional.empty());
            }
            replies.putAll(ReplyMapping.of(host.toString(), part, result, connection.capabilities().dsn()));
            uncertain |= result instanceof TransactionResult.Uncertain;
            if (result instanceof TransactionResult.Completed) {
                mail.ended(host.toString(), octets);
            }
            if (last.isEmpty()) {
                metrics.count(grouped ? MetricNames.MAILS_GROUPED : MetricNames.MAILS_UNGROUPED);
            }
            Optional<Refusal> inGroup = grouped ? refusedInGroup(part, result, before) : Optional.empty();
            if (inGroup.isPresent()) {
                return new Result(attempt(), uncertain, false, inGroup);
            }
            Optional<SessionRefusal> refused = SessionRefusal.of(result);
            if (refused.isPresent() && terms.mayTryAfresh(before)) {
                return new Result(attempt(), uncertain, false, Optional.of(refusal(part, result, refused.get(), before, grouped)));
            }
            brokeAtOnce |= last.isEmpty() && isBroken(result);
            sameAgain = last.isEmpty() ? refused.map(SessionRefusal::phase) : sameAgain;
            last = Optional.of(result);
            divide(result);
        }
        return new Result(attempt(), uncertain, brokeAtOnce, sameAgain.map(phase -> new Refusal(phase, false, 0, Set.of())));
    }

    private HostAttempt attempt() {
        return new HostAttempt.Transacted(host, permit, replies);
    }

    /** The refusal of a used connection, with all whose mail a fresh one may take. */
    private Refusal refusal(Envelope part, TransactionResult result, SessionRefusal refused, int before, boolean grouped) {
        Set<RecipientKey> undecided = new LinkedHashSet<>();
        part.recipients().stream().filter(recipient -> refused.covers(result.recipients().get(recipient))).map(Outcomes::key)
            .forEach(undecided::add);
        batches.forEach(batch -> {
            notAsked(batch, result);
            batch.forEach(recipient -> undecided.add(Outcomes.key(recipient)));
        });
        return new Refusal(refused.phase(), grouped, before, undecided);
    }

    /**
     * The refusals of commands that were sent with the end of another mail. The host may have meant the group, so that no 5yz is final: a
     * fresh connection is asked again. Where the host may have taken the mail for others, nobody is asked now, and it is tried again later.
     */
    private Optional<Refusal> refusedInGroup(Envelope part, TransactionResult result, int before) {
        Set<RecipientKey> refused = new LinkedHashSet<>();
        Optional<Phase> phase = Optional.empty();
        for (Recipient recipient : part.recipients()) {
            if (result.recipients().get(recipient) instanceof RecipientResult.Refused no && no.reply().isPermanent()
                    && no.phase() != Phase.FINAL_DOT) {
                refused.add(Outcomes.key(recipient));
                phase = Optional.of(no.phase());
            }
        }
        if (result instanceof TransactionResult.Completed) {
            return phase.map(at -> new Refusal(at, true, before, refused));
        }
        refused.forEach(recipient -> replies.put(recipient, new RecipientReply.Interrupted(HostFailure.connectionLost(host.toString(),
            "the host refused the recipient before the end of another mail, and was lost before it could be asked again"))));
        return Optional.empty();
    }

    private void notAsked(List<Recipient> recipients, TransactionResult last) {
        RecipientReply notAsked = ReplyMapping.notAsked(host.toString(), last);
        recipients.forEach(recipient -> replies.putIfAbsent(Outcomes.key(recipient), notAsked));
    }

    /**
     * Divides recipients who were too many for one transaction among further ones, at once (RFC 5321 §4.5.3.1.10). Each has as many as
     * the host took in the last. It ends when the host takes no more.
     */
    private void divide(TransactionResult result) {
        List<Recipient> tooMany = RecipientLimit.next(result.recipients());
        if (tooMany.isEmpty() || !terms.mayGoOn()) {
            if (divided && RecipientLimit.isReached(result.recipients())) {
                batches.forEach(batch -> notAsked(batch, result));
                batches.clear();
            }
            return;
        }
        List<Recipient> left = new ArrayList<>(tooMany);
        batches.forEach(left::addAll);
        batches.clear();
        batches.addAll(Lists.partition(left, taken(result)));
        divided = true;
    }

    private static int taken(TransactionResult result) {
        return (int) result.recipients().values().stream().filter(RecipientResult.Accepted.class::isInstance).count();
    }

    private static boolean isBroken(TransactionResult result) {
        return result instanceof TransactionResult.Interrupted interrupted
            && !(interrupted.failure() instanceof SmtpFailure.ContentUnreadable)
            && !(interrupted.failure() instanceof SmtpFailure.Unexpected);
    }

    /**
     * Adds REQUIRETLS to a notification about a mail with REQUIRETLS; the notification must not be lost where a host lacks REQUIRETLS (RFC
     * 8689 §5). The parameter is given only where the session meets all that it stands for (RFC 8689 §2).
     */
    private Envelope protectedAsFarAsPossible(Envelope envelope) {
        return mail.tlsWish() == SenderTlsPreference.REQUIRED && permit.namedBy().isPresent()
            && connection.capabilities().requireTls()
            ? envelope.requiringTls() : envelope;
    }

    private TransactionResult transact(Envelope part) throws MailAccessException {
        // A host that takes the recipients in parts is asked for the others over the same connection.
        Supplier<Optional<NextMail>> next = batches.isEmpty() ? continuation.next() : Optional::empty;
        TransactionResult result = connection.send(permit, part, converted ? sevenBit() : mail.content(), next);
        if (!converted && terms.converting() && obstacle(result) instanceof Unsendable.NeedsSevenBit) {
            // RFC 6152 §3: the first of its ways out.
            converted = true;
            return connection.send(permit, part, sevenBit(), next);
        }
        return result;
    }

    /** The converted message. Content that cannot be converted goes as it is, since most hosts take it all the same. */
    private MessageContent sevenBit() throws MailAccessException {
        MessageContent content = mail.sevenBitContent();
        return content.eightBit() ? new Undeclared(content) : content;
    }

    /** Reason for which the host can't take the mail as it is. */
    private Optional<HostFailure> unfit(TransactionResult result) {
        return Optional.ofNullable(obstacle(result)).map(reason -> ReplyMapping.lacking(host.toString(), reason));
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
