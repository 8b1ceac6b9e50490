/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.apache.james.core.MailAddress;
import org.apache.mailet.DsnParameters;
import org.apache.mailet.Mail;
import org.jamesdane.dane.policy.SenderTlsPreference;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.MailPath;
import org.jamesdane.smtp.OriginalRecipient;
import org.jamesdane.smtp.Recipient;

/**
 * The envelope of a James mail, with the wishes for notifications that came with it (RFC 3461). James takes addresses that SMTP has no
 * form for; these are refused one by one, so that they stop nobody else's mail.
 *
 * @param envelope empty if nobody is left to send it to
 * @param refused the recipients that can't be sent to
 * @param reason why; empty if none is refused
 */
record JamesEnvelope(Optional<Envelope> envelope, List<MailAddress> refused, String reason) {
    private static final String RFC822 = "rfc822";

    static JamesEnvelope of(Mail mail) {
        Optional<MailPath> sender;
        try {
            sender = mail.getMaybeSender().asOptional().map(address -> MailPath.of(address.asString()));
        } catch (IllegalArgumentException e) {
            return new JamesEnvelope(Optional.empty(), List.copyOf(mail.getRecipients()), "The sender's address " + e.getMessage());
        }
        Optional<DsnParameters> dsn = mail.dsnParameters();
        List<Recipient> recipients = new ArrayList<>();
        List<MailAddress> refused = new ArrayList<>();
        String reason = "";
        for (MailAddress address : mail.getRecipients()) {
            try {
                recipients.add(recipient(address, MailPath.of(address.asString()), dsn));
            } catch (IllegalArgumentException e) {
                refused.add(address);
                reason = "The address " + e.getMessage();
            }
        }
        Optional<Envelope> envelope = recipients.isEmpty() ? Optional.empty()
            : Optional.of(withTls(withDsn(Envelope.of(sender, recipients), dsn), mail));
        return new JamesEnvelope(envelope, refused, reason);
    }

    /** RFC 8689 §4.2.1: for a mail with a return path REQUIRETLS is a condition; for a notification without one it is a wish. */
    private static Envelope withTls(Envelope envelope, Mail mail) {
        return envelope.sender().isPresent() && MailAttributes.tlsWish(mail) == SenderTlsPreference.REQUIRED ? envelope.requiringTls()
            : envelope;
    }

    /** A wish that SMTP has no room for is left out rather than the mail. */
    private static Envelope withDsn(Envelope plain, Optional<DsnParameters> dsn) {
        Optional<Envelope.Returned> returned = dsn.flatMap(DsnParameters::getRetParameter).map(JamesEnvelope::returned);
        Optional<String> id = envelopeId(dsn);
        try {
            return plain.withDsn(returned, id);
        } catch (IllegalArgumentException e) {
            return plain.withDsn(returned, Optional.empty());
        }
    }

    /** The sender's ENVID, not encoded. */
    static Optional<String> envelopeId(Mail mail) {
        return envelopeId(mail.dsnParameters());
    }

    private static Optional<String> envelopeId(Optional<DsnParameters> dsn) {
        return dsn.flatMap(DsnParameters::getEnvIdParameter).map(each -> DsnParameters.XText.decode(each.asString()));
    }

    private static Recipient recipient(MailAddress address, MailPath path, Optional<DsnParameters> dsn) {
        Optional<DsnParameters.RecipientDsnParameters> wishes = dsn
            .flatMap(parameters -> Optional.ofNullable(parameters.getRcptParameters().get(address)));
        Set<Recipient.Notify> notify = wishes.flatMap(DsnParameters.RecipientDsnParameters::getNotifyParameter)
            .map(JamesEnvelope::notify).orElse(Set.of());
        Optional<OriginalRecipient> original = wishes.flatMap(DsnParameters.RecipientDsnParameters::getOrcptParameter)
            .flatMap(JamesEnvelope::original);
        return new Recipient(path, notify, original);
    }

    private static Optional<OriginalRecipient> original(MailAddress wanted) {
        try {
            return Optional.of(new OriginalRecipient(RFC822, wanted.asString()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Set<Recipient.Notify> notify(EnumSet<DsnParameters.Notify> wishes) {
        return wishes.stream().map(wish -> switch (wish) {
            case NEVER -> Recipient.Notify.NEVER;
            case SUCCESS -> Recipient.Notify.SUCCESS;
            case FAILURE -> Recipient.Notify.FAILURE;
            case DELAY -> Recipient.Notify.DELAY;
        }).collect(Collectors.toSet());
    }

    private static Envelope.Returned returned(DsnParameters.Ret ret) {
        return switch (ret) {
            case FULL -> Envelope.Returned.FULL;
            case HDRS -> Envelope.Returned.HDRS;
        };
    }
}
