/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.RecipientKey;
import org.jamesdane.dane.outcome.RecipientReply;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.smtp.RecipientResult;
import org.jamesdane.smtp.SmtpReply;
import org.jamesdane.smtp.TransactionResult;
import org.jamesdane.smtp.Unsendable;

/** Meaning of a transaction for each recipient, in the terms of the rules for outcomes. */
final class ReplyMapping {
    /** The temporary twin of a permanent reply that only says "too many recipients" (RFC 5321 §4.5.3.1.10). */
    private static final int TOO_MANY_RECIPIENTS = 452;

    private ReplyMapping() {
    }

    /**
     * The outcome by recipient; none of the recipients is missing.
     *
     * @param dsnOffered whether the host was told of the sender's wishes for notifications
     */
    static Map<RecipientKey, RecipientReply> of(String host, Envelope envelope, TransactionResult result, boolean dsnOffered) {
        Map<RecipientKey, RecipientReply> replies = new LinkedHashMap<>();
        for (Recipient recipient : envelope.recipients()) {
            RecipientResult decided = result.recipients().get(recipient);
            replies.put(Outcomes.key(recipient), decided == null ? undecided(host, result) : reply(host, decided, dsnOffered));
        }
        return replies;
    }

    /** Result for recipients that the host was not asked for, since the transaction before theirs ended the connection. */
    static RecipientReply notAsked(String host, TransactionResult last) {
        String why = last instanceof TransactionResult.Interrupted interrupted ? interrupted.failure().describe()
            : last instanceof TransactionResult.Uncertain uncertain ? uncertain.failure().describe() : "the host closed the connection";
        return new RecipientReply.Interrupted(HostFailure.connectionLost(host, why + ", before this recipient was asked for"));
    }

    private static RecipientReply undecided(String host, TransactionResult result) {
        if (result instanceof TransactionResult.NotStarted notStarted) {
            return new RecipientReply.Interrupted(lacking(host, notStarted.reason()));
        }
        if (result instanceof TransactionResult.Interrupted interrupted) {
            return new RecipientReply.Interrupted(HostFailureMapping.of(host, interrupted.failure()));
        }
        if (result instanceof TransactionResult.Uncertain uncertain) {
            // RFC 5321 §4.2.5, RFC 1047: the host may have the message; two copies are better than none.
            return new RecipientReply.Interrupted(HostFailure.connectionLost(host, uncertain.failure().describe()
                + "; the host may have taken the message, which may therefore arrive twice"));
        }
        return new RecipientReply.Interrupted(HostFailure.internal(host, "it said nothing of the recipient"));
    }

    private static RecipientReply reply(String host, RecipientResult result, boolean dsnOffered) {
        if (result instanceof RecipientResult.Accepted accepted) {
            return new RecipientReply.Accepted(accepted.reply().toString(), dsnOffered, accepted.reply().diagnostic());
        }
        if (result instanceof RecipientResult.Refused refused) {
            SmtpReply reply = refused.reply();
            int code = reply.isPermanent() && !refused.permanent() ? TOO_MANY_RECIPIENTS : reply.code();
            return new RecipientReply.Rejected(code, refused.enhanced(),
                reply.text() + " (at " + refused.phase() + (code == reply.code() ? "" : ", as " + reply.code()) + ")",
                Optional.of(reply.diagnostic()));
        }
        return new RecipientReply.Interrupted(lacking(host, ((RecipientResult.LeftOut) result).reason()));
    }

    /**
     * The failure that it is at the host. It is no reply: this server decided it by what the host offers, and a notification must not
     * show it as the host's words (RFC 3464 §2.3.6).
     */
    static HostFailure lacking(String host, Unsendable reason) {
        if (reason instanceof Unsendable.NeedsRequireTls) {
            return HostFailure.requireTlsMissing(host);
        }
        if (reason instanceof Unsendable.NeedsSevenBit) {
            return HostFailure.eightBitMissing(host);
        }
        return reason instanceof Unsendable.NeedsSmtpUtf8 ? HostFailure.smtpUtf8Missing(host)
            : HostFailure.tooLarge(host, reason.describe());
    }
}
