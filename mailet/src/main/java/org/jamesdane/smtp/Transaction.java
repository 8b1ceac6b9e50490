/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jamesdane.dane.channel.Permit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Transaction of one mail over one connection: MAIL, RCPT, DATA, the content and the reply to it (RFC 5321 §3.3). */
final class Transaction {
    /**
     * Commands sent before their replies are read. RFC 2920 §3.1: a group has to fit into the TCP window, or both sides wait for each
     * other. That section calls 4096 octets usual, and the replies to so many commands fit as well.
     */
    static final int FLIGHT_COMMANDS = 50;
    static final int FLIGHT_OCTETS = 4096;

    private static final int START_MAIL_INPUT = 354;
    private static final Logger LOGGER = LoggerFactory.getLogger(Transaction.class);

    private final Wire wire;
    private final TransactionPlan plan;
    private final boolean pipelining;
    private final List<PermittedCommand> commands;
    private Permit permit;
    private MessageContent content;

    private final Set<Recipient> taken = new LinkedHashSet<>();
    private final Map<Recipient, SmtpReply> refused = new LinkedHashMap<>();
    private Optional<SmtpReply> mailReply = Optional.empty();
    private Optional<SmtpReply> dataReply = Optional.empty();
    /** The reply to the content. Once it is here, whatever goes wrong on this server takes nothing of it back. */
    private Optional<SmtpReply> finalReply = Optional.empty();
    private boolean endMayBeWritten;
    private boolean settled;
    /** Set once the commands were sent behind the end of another mail, and their replies read. */
    private boolean begun;
    /** Asked for the transaction whose commands go behind the end of this one. */
    private Supplier<Optional<Transaction>> following = Optional::empty;
    private Optional<Transaction> next = Optional.empty();
    private boolean groupFailed;

    Transaction(Wire wire, Permit permit, TransactionPlan plan, MessageContent content, boolean pipelining) {
        this.wire = wire;
        this.permit = permit;
        this.plan = plan;
        this.content = content;
        this.pipelining = pipelining;
        this.commands = new ArrayList<>();
        commands.add(plan.mail());
        commands.addAll(plan.recipients().values());
        commands.add(PermittedCommand.DATA);
    }

    /** Has the commands of another transaction sent with the end of this one, if there is one then and this one lost no recipient. */
    void followedBy(Supplier<Optional<Transaction>> transactions) {
        following = transactions;
    }

    /** Tests whether all commands may be sent before the first reply is read. */
    boolean isOneFlight() {
        return pipelining && plan.leftOut().isEmpty() && !plan.recipients().isEmpty() && endOfFlight(0) == commands.size();
    }

    /** Tests whether another transaction has the same recipients and says the same to the host. */
    boolean isSameAs(Transaction other) {
        return plan.recipients().keySet().equals(other.plan.recipients().keySet())
            && Arrays.equals(PermittedCommand.octets(commands), PermittedCommand.octets(other.commands));
    }

    /** Goes on with the content of a transaction whose commands were sent behind the end of another mail. */
    Transaction resume(Permit anew, MessageContent message) {
        permit = anew;
        content = message;
        return this;
    }

    /** The transaction whose commands were sent with the end of this one, and answered as they should be. */
    Optional<Transaction> next() {
        return next;
    }

    /** Tests whether the host ended the session before the last reply of the group, or said what does not fit. */
    boolean groupFailed() {
        return groupFailed;
    }

    /** Tests whether the host has nothing of this transaction left in its buffers. */
    boolean isSettled() {
        return settled;
    }

    /** Decisions so far. */
    Map<Recipient, RecipientResult> decided() {
        return results();
    }

    TransactionResult run() {
        try {
            if (begun) {
                wire.requireSilence(Phase.DATA);
            } else {
                sendEnvelope();
            }
            return new TransactionResult.Completed(mayContinue() ? sendContent() : stop());
        } catch (SmtpException e) {
            if (e.failure() instanceof SmtpFailure.ProtocolViolation && !dataIsAwaited()) {
                // Out of step, a refusal may be another recipient's. A 354 in its place shows that all before it was in step.
                mailReply = Optional.empty();
                dataReply = Optional.empty();
                refused.clear();
            }
            return ended(e.failure());
        } catch (Throwable e) {
            LOGGER.error("An unexpected error ended a transaction", e);
            return ended(new SmtpFailure.Unexpected(endMayBeWritten ? Phase.FINAL_DOT : Phase.CONTENT, WireErrors.text(e)));
        }
    }

    /** Decides by how far the transaction got. */
    private TransactionResult ended(SmtpFailure failure) {
        wire.abort();
        if (finalReply.isPresent()) {
            return new TransactionResult.Completed(results());
        }
        return endMayBeWritten ? new TransactionResult.Uncertain(failure, results())
            : new TransactionResult.Interrupted(failure, results());
    }

    private void sendEnvelope() throws SmtpException {
        int start = 0;
        while (start < commands.size()) {
            if (isPointless(commands.get(start))) {
                return;
            }
            int end = pipelining ? endOfFlight(start) : start + 1;
            wire.send(permit, commands.subList(start, end));
            note(start, end);
            start = end;
        }
    }

    private void note(int start, int end) throws SmtpException {
        List<Recipient> recipients = List.copyOf(plan.recipients().keySet());
        for (int command = start; command < end; command++) {
            int recipient = command - 1;
            note(commands.get(command), recipient >= 0 && recipient < recipients.size() ? Optional.of(recipients.get(recipient))
                : Optional.empty());
        }
    }

    /** Reads the replies to all commands, which were sent behind the end of another mail. */
    private void noteGroup() throws SmtpException {
        note(0, commands.size());
        begun = true;
        // One reply too many before them gives each its predecessor's. A refusal of the mail before may then look like one to MAIL.
        boolean mayBeShifted = !dataIsAwaited() && (!taken.isEmpty() || mailReply.filter(SmtpReply::isRefusal).isPresent());
        wire.requireSilence(Phase.DATA, mayBeShifted ? Wire.STRAY_REPLIES : Wire.PEEK);
    }

    /** Tests whether the replies so far leave no sense in going on with that command. */
    private boolean isPointless(PermittedCommand next) {
        return mailReply.filter(SmtpReply::isRefusal).isPresent() || (next == PermittedCommand.DATA && taken.isEmpty());
    }

    private int endOfFlight(int start) {
        int end = start;
        int octets = 0;
        while (end < commands.size() && end - start < FLIGHT_COMMANDS) {
            octets += commands.get(end).octets().length;
            if (octets > FLIGHT_OCTETS && end > start) {
                break;
            }
            end++;
        }
        return end;
    }

    /** Reads the reply to a command; RFC 2920 §3.1: replies are matched to commands by counting alone. */
    private void note(PermittedCommand command, Optional<Recipient> recipient) throws SmtpException {
        SmtpReply reply = wire.read(command.phase());
        if (reply.isClosing()) {
            throw new SmtpException(new SmtpFailure.Rejected(command.phase(), reply));
        }
        boolean expected = command == PermittedCommand.DATA ? reply.code() == START_MAIL_INPUT : reply.isPositive();
        if (!expected && !reply.isRefusal()) {
            throw violation(command.phase(), reply);
        }
        if (recipient.isPresent()) {
            if (expected) {
                taken.add(recipient.get());
            } else {
                refused.put(recipient.get(), reply);
            }
        } else if (command == PermittedCommand.DATA) {
            dataReply = Optional.of(reply);
        } else {
            mailReply = Optional.of(reply);
        }
    }

    private boolean mayContinue() {
        return mailReply.filter(SmtpReply::isPositive).isPresent() && !taken.isEmpty() && dataIsAwaited();
    }

    private boolean dataIsAwaited() {
        return dataReply.filter(SmtpReply::isIntermediate).isPresent();
    }

    /** Ends a transaction without content. */
    private Map<Recipient, RecipientResult> stop() throws SmtpException {
        if (dataIsAwaited()) {
            // RFC 2920 §3.1 would send a lone dot here: some hosts would make an empty mail of it. They get no end at all.
            wire.abort();
        } else if (dataReply.isPresent() && !taken.isEmpty() && !begun) {
            // One reply too many would look like this: the refusal of the last recipient at DATA, and behind it the 354.
            wire.requireSilence(Phase.DATA, Wire.STRAY_REPLIES);
        } else if (dataReply.isEmpty() && isRefusedForGood()) {
            // Or like this, where each command waits for its reply: a refusal to an earlier one, and behind it the reply to the last.
            requireInStep();
        }
        settled = mailReply.filter(SmtpReply::isRefusal).isPresent();
        return results();
    }

    private boolean isRefusedForGood() {
        return Stream.concat(mailReply.stream(), refused.values().stream()).anyMatch(SmtpReply::isPermanent);
    }

    /** Waits for a reply too many. A host that ends the session after its refusal takes nothing of it back. */
    private void requireInStep() throws SmtpException {
        try {
            wire.requireSilence(mailReply.filter(SmtpReply::isRefusal).isPresent() ? Phase.MAIL : Phase.RCPT, Wire.STRAY_REPLIES);
        } catch (SmtpException e) {
            if (e.failure() instanceof SmtpFailure.ProtocolViolation) {
                throw e;
            }
            LOGGER.debug("The host ended the session after its refusal", e);
        }
    }

    private Map<Recipient, RecipientResult> sendContent() throws SmtpException {
        List<Transaction> group = new ArrayList<>();
        new ContentSender(wire, permit).send(content, () -> endMayBeWritten = true, () -> flightBehind(group));
        // Until its last reply, the host may give up the session within the group.
        groupFailed = !group.isEmpty();
        SmtpReply reply = wire.read(Phase.FINAL_DOT);
        if (!reply.isPositive() && !reply.isRefusal()) {
            throw violation(Phase.FINAL_DOT, reply);
        }
        finalReply = Optional.of(reply);
        settled = true;
        if (!group.isEmpty() && !reply.isClosing()) {
            noteReplies(group.get(0));
        }
        return results();
    }

    /** Commands for behind the end of this mail. Where a recipient was refused, the same connection may be needed for this mail again. */
    private Optional<Wire.Flight> flightBehind(List<Transaction> group) {
        if (!pipelining || taken.size() < plan.recipients().size() || !plan.leftOut().isEmpty()) {
            return Optional.empty();
        }
        try {
            following.get().filter(Transaction::isOneFlight).ifPresent(group::add);
        } catch (Throwable e) {
            LOGGER.error("The mail to follow another could not be had; the other goes alone", e);
        }
        return group.stream().findFirst().map(transaction -> new Wire.Flight(transaction.permit, transaction.commands));
    }

    /**
     * Reads the replies to the commands behind the end of this mail. What ends the session there takes nothing of this mail's reply back.
     * But where replies do not fit, none of the group can be relied on: two copies of a mail are better than none.
     */
    private void noteReplies(Transaction behind) throws SmtpException {
        try {
            behind.noteGroup();
            next = Optional.of(behind);
            groupFailed = false;
        } catch (SmtpException e) {
            wire.abort();
            if (e.failure() instanceof SmtpFailure.ProtocolViolation) {
                finalReply = Optional.empty();
                throw new SmtpException(new SmtpFailure.ProtocolViolation(Phase.FINAL_DOT,
                    "the replies to it and to the commands behind it do not fit: " + e.failure().describe()), e);
            }
            LOGGER.debug("The host ended the session between two mails", e);
        }
    }

    private Map<Recipient, RecipientResult> results() {
        Map<Recipient, RecipientResult> results = new LinkedHashMap<>();
        plan.leftOut().forEach((recipient, reason) -> results.put(recipient, new RecipientResult.LeftOut(reason)));
        for (Recipient recipient : plan.recipients().keySet()) {
            resultOf(recipient).ifPresent(result -> results.put(recipient, result));
        }
        return results;
    }

    private Optional<RecipientResult> resultOf(Recipient recipient) {
        if (mailReply.filter(SmtpReply::isRefusal).isPresent()) {
            // What the host says to RCPT after that (503, usually) is about the order of commands only.
            return mailReply.map(reply -> new RecipientResult.Refused(Phase.MAIL, reply));
        }
        SmtpReply refusal = refused.get(recipient);
        if (refusal != null) {
            return Optional.of(new RecipientResult.Refused(Phase.RCPT, refusal));
        }
        if (finalReply.isPresent()) {
            return finalReply.map(reply -> reply.isPositive() ? new RecipientResult.Accepted(reply)
                : new RecipientResult.Refused(Phase.FINAL_DOT, reply));
        }
        return dataReply.filter(reply -> reply.isRefusal() && taken.contains(recipient))
            .map(reply -> new RecipientResult.Refused(Phase.DATA, reply));
    }

    private static SmtpException violation(Phase phase, SmtpReply reply) {
        return new SmtpException(new SmtpFailure.ProtocolViolation(phase, "\"" + reply + "\" is no answer to it"));
    }
}
