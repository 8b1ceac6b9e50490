/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;

import javax.mail.MessagingException;
import javax.mail.Session;
import javax.mail.internet.MimeMessage;

import org.apache.james.core.MailAddress;
import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.MailetContext;
import org.jamesdane.dane.policy.SenderTlsPreference;

/** Sends notifications of our own (RFC 3464) to the senders of mails, where no processor of James's is configured to do it. */
final class DsnSender {
    private final String reportingMta;
    private final InstantSource clock;
    private final Optional<String> note;

    /**
     * Takes the settings that are the same for all notifications.
     *
     * @param note the operator's own text for people, {@code notice.text}
     */
    DsnSender(String reportingMta, InstantSource clock, Optional<String> note) {
        this.reportingMta = reportingMta;
        this.clock = clock;
        this.note = note;
    }

    /**
     * Sends one to the mail's sender, if there is one.
     *
     * @param text for people
     * @param until when the mail will be given up, for a delay
     */
    void send(MailetContext context, Mail mail, DeliveryStatusNotification.Action action, String text, Optional<Instant> until,
            List<DeliveryStatusNotification.Line> recipients) throws MessagingException {
        Optional<MailAddress> sender = mail.getMaybeSender().asOptional();
        if (sender.isEmpty()) {
            return;
        }
        String id = "dane-" + UUID.randomUUID();
        // RFC 6531 §3.2: addresses are what makes a mail need SMTPUTF8 here; James's headers are ASCII.
        boolean smtpUtf8 = !isAscii(sender.get()) || recipients.stream().anyMatch(each -> !isAscii(each.recipient()));
        DeliveryStatusNotification report = new DeliveryStatusNotification(action,
            new DeliveryStatusNotification.Writer(reportingMta, context.getPostmaster().asString(), note),
            new DeliveryStatusNotification.About(sender.get().asString(), JamesEnvelope.envelopeId(mail), smtpUtf8, until, header(mail)),
            id, clock.instant(), text, recipients);
        MimeMessage message = new MimeMessage(Session.getInstance(new Properties()),
            new ByteArrayInputStream(report.toOctets()));
        // RFC 5321 §6.1: a notification has a null reverse-path.
        MailImpl reply = MailImpl.builder().name(id).sender(Optional.empty()).addRecipient(sender.get()).mimeMessage(message).build();
        try {
            if (MailAttributes.tlsWish(mail) == SenderTlsPreference.REQUIRED) {
                // RFC 8689 §5: what tells of a mail with REQUIRETLS goes with REQUIRETLS.
                reply.setAttribute(new Attribute(MailAttributes.REQUIRE_TLS, AttributeValue.of(true)));
            }
            context.sendMail(reply);
        } finally {
            LifecycleUtil.dispose(reply);
        }
    }

    private static boolean isAscii(MailAddress address) {
        return isAscii(address.asString());
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    private static String header(Mail mail) throws MessagingException {
        if (mail.getMessage() == null) {
            return "";
        }
        StringBuilder header = new StringBuilder();
        Collections.list(mail.getMessage().getNonMatchingHeaderLines(new String[] {"Bcc"})).forEach(line ->
            header.append(line.replaceAll("\r\n|\r|\n", "\r\n")).append("\r\n"));
        return header.toString();
    }
}
