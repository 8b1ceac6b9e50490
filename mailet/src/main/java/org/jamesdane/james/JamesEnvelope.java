/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.apache.james.core.MailAddress;
import org.apache.mailet.DsnParameters;
import org.apache.mailet.Mail;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.MailPath;
import org.jamesdane.smtp.OriginalRecipient;
import org.jamesdane.smtp.Recipient;

/** Makes an envelope of a James mail, with the wishes for notifications that came with it (RFC 3461). */
final class JamesEnvelope {
    private static final String RFC822 = "rfc822";
    /** RFC 3461 §4.4 allows 100 characters as xtext, which may need three for one; a longer id is left out rather than the mail. */
    private static final int MAX_ENVELOPE_ID = 33;
    /** RFC 3461 §4.2 allows 500 characters for the whole parameter, likewise as xtext. */
    private static final int MAX_ORIGINAL_RECIPIENT = 160;

    private JamesEnvelope() {
    }

    static Envelope of(Mail mail) {
        Optional<DsnParameters> dsn = mail.dsnParameters();
        List<Recipient> recipients = mail.getRecipients().stream().map(address -> recipient(address, dsn)).toList();
        return Envelope.of(mail.getMaybeSender().asOptional().map(sender -> MailPath.of(sender.asString())), recipients)
            .withDsn(dsn.flatMap(DsnParameters::getRetParameter).map(JamesEnvelope::returned),
                dsn.flatMap(DsnParameters::getEnvIdParameter).map(id -> DsnParameters.XText.decode(id.asString()))
                    .filter(id -> !id.isEmpty() && id.length() <= MAX_ENVELOPE_ID));
    }

    private static Recipient recipient(MailAddress address, Optional<DsnParameters> dsn) {
        Optional<DsnParameters.RecipientDsnParameters> wishes = dsn
            .flatMap(parameters -> Optional.ofNullable(parameters.getRcptParameters().get(address)));
        Set<Recipient.Notify> notify = wishes.flatMap(DsnParameters.RecipientDsnParameters::getNotifyParameter)
            .map(JamesEnvelope::notify).orElse(Set.of());
        Optional<OriginalRecipient> original = wishes.flatMap(DsnParameters.RecipientDsnParameters::getOrcptParameter)
            .map(MailAddress::asString)
            .filter(text -> text.length() <= MAX_ORIGINAL_RECIPIENT && text.chars().allMatch(c -> c < 0x80))
            .map(text -> new OriginalRecipient(RFC822, text));
        return new Recipient(MailPath.of(address.asString()), notify, original);
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
