/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import java.net.InetAddress;
import java.util.Collection;
import java.util.Optional;

import org.jamesdane.delivery.destination.Attribution;
import org.jamesdane.smtp.Phase;
import org.jamesdane.smtp.RecipientResult;
import org.jamesdane.smtp.SmtpFailure;
import org.jamesdane.smtp.TransactionResult;

/** Rules that say about whom the end of a dialogue tells something. */
final class Attributions {
    private final String host;
    private final InetAddress address;

    /**
     * Begins the rules for one dialogue.
     *
     * @param host the MX host as the MX record names it
     */
    Attributions(String host, InetAddress address) {
        this.host = host;
        this.address = address;
    }

    /** The attribution after one more transaction: a host that served once serves. */
    Attribution after(Attribution before, TransactionResult result) {
        return before instanceof Attribution.Served ? before : of(result);
    }

    private Attribution of(TransactionResult result) {
        Optional<Phase> closing = closing(result.recipients().values());
        if (closing.isPresent()) {
            return of(closing.get(), true);
        }
        if (result instanceof TransactionResult.Interrupted interrupted) {
            return of(interrupted.failure());
        }
        if (result instanceof TransactionResult.Completed) {
            return served();
        }
        // RFC 1047: the host has the whole message, and may only be slow with its reply.
        return result instanceof TransactionResult.Uncertain ? new Attribution.ToDomain() : new Attribution.ToNobody();
    }

    /** The command that was answered by 421 (RFC 5321 §3.8); empty if none was. */
    private static Optional<Phase> closing(Collection<RecipientResult> results) {
        return results.stream().filter(RecipientResult.Refused.class::isInstance).map(RecipientResult.Refused.class::cast)
            .filter(refused -> refused.reply().isClosing()).map(RecipientResult.Refused::phase).findFirst();
    }

    /** The attribution of a failed step. */
    Attribution of(SmtpFailure failure) {
        if (failure instanceof SmtpFailure.BindFailed || failure instanceof SmtpFailure.Unexpected
                || failure instanceof SmtpFailure.ContentUnreadable || HostFailureMapping.isShortage(failure)) {
            return new Attribution.ToNobody();
        }
        if (failure instanceof SmtpFailure.Timeout && failure.phase() == Phase.CONNECT) {
            return new Attribution.ToAddress(address);
        }
        return of(failure.phase(), failure instanceof SmtpFailure.Rejected rejected && rejected.reply().isClosing());
    }

    /**
     * The attribution of a failure at a step.
     *
     * @param closed whether the host answered by 421, which is about its service until a recipient is named
     */
    private Attribution of(Phase phase, boolean closed) {
        return switch (phase) {
            case CONNECT, BANNER, HELLO -> toHost();
            // Without a demand for TLS the mail would go in clear text; 421 ends the session all the same.
            case STARTTLS, TLS_HANDSHAKE -> closed ? toHost() : toPair();
            case MAIL -> closed ? toHost() : new Attribution.ToDomain();
            default -> new Attribution.ToDomain();
        };
    }

    /** The attribution where the channel does not meet the requirement. */
    Attribution toPair() {
        return new Attribution.ToPair(host, address);
    }

    private Attribution toHost() {
        return new Attribution.ToHost(host, address);
    }

    private Attribution served() {
        return new Attribution.Served(host, address);
    }
}
