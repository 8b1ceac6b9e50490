/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jspecify.annotations.Nullable;

/**
 * Refusal that may be meant for the session rather than for the mail. Hosts that limit the mails over one connection say so in many ways.
 * Only a fresh connection tells such a limit from a refusal of the mail.
 *
 * @param phase the command that was refused
 */
public record SessionRefusal(Phase phase) {
    private static final int UNAVAILABLE = 550;

    /** The refusal; empty if what the host said, or did, was about the mail. */
    public static Optional<SessionRefusal> of(TransactionResult result) {
        if (result instanceof TransactionResult.Interrupted interrupted) {
            return interrupted.failure() instanceof SmtpFailure.Rejected rejected && rejected.reply().isClosing()
                ? Optional.of(new SessionRefusal(rejected.phase())) : Optional.empty();
        }
        return result instanceof TransactionResult.Completed completed ? phase(completed.recipients().values()).map(SessionRefusal::new)
            : Optional.empty();
    }

    /**
     * True if the refusal keeps that recipient from being decided.
     *
     * @param result what the same transaction says of the recipient; null for nothing
     */
    public boolean covers(@Nullable RecipientResult result) {
        return result == null || (result instanceof RecipientResult.Refused refused && refused.phase() == phase
            && (phase == Phase.MAIL || !refused.permanent()));
    }

    private static Optional<Phase> phase(Collection<RecipientResult> results) {
        List<RecipientResult> asked = results.stream().filter(each -> !(each instanceof RecipientResult.LeftOut)).toList();
        List<RecipientResult.Refused> refused = asked.stream()
            .filter(RecipientResult.Refused.class::isInstance).map(RecipientResult.Refused.class::cast).toList();
        // RFC 5321 §3.8: 421 ends the session, whatever the command was.
        Optional<Phase> closing = refused.stream().filter(each -> each.reply().isClosing()).map(RecipientResult.Refused::phase).findFirst();
        if (closing.isPresent() || asked.isEmpty() || refused.size() < asked.size()) {
            return closing;
        }
        Phase phase = refused.get(0).phase();
        boolean ofSession = refused.stream().allMatch(each -> each.phase() == phase && isOfSession(phase, each.reply()));
        return ofSession ? Optional.of(phase) : Optional.empty();
    }

    private static boolean isOfSession(Phase phase, SmtpReply reply) {
        boolean temporary = !reply.isPermanent();
        return switch (phase) {
            case MAIL -> (temporary || reply.code() == UNAVAILABLE) && reply.enhanced().filter(SessionRefusal::isOfMail).isEmpty();
            case RCPT -> temporary && reply.enhanced().filter(status -> !isOfSession(status)).isEmpty();
            default -> false;
        };
    }

    /** RFC 3463 §3.2, §3.3, §3.8: of addresses, of a mailbox, or of who may send. */
    private static boolean isOfMail(EnhancedStatusCode status) {
        return status.subject() == 1 || status.subject() == 2 || is(status, 7, 1);
    }

    /** RFC 3463 §3.4-§3.8: the system takes no messages, is congested, has too many recipients, or some policy is in the way. */
    private static boolean isOfSession(EnhancedStatusCode status) {
        return is(status, 3, 2) || is(status, 4, 5) || is(status, 5, 3) || is(status, 7, 0);
    }

    private static boolean is(EnhancedStatusCode status, int subject, int detail) {
        return status.subject() == subject && status.detail() == detail;
    }
}
