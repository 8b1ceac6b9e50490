/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
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
import org.jamesdane.dane.TlsWish;
import org.jamesdane.delivery.DeliveryReport;

/** Sends notifications of our own (RFC 3464) to the senders of mails, where no processor of James's is configured to do it. */
final class Reports {
    private final String reportingMta;
    private final InstantSource clock;

    Reports(String reportingMta, InstantSource clock) {
        this.reportingMta = reportingMta;
        this.clock = clock;
    }

    /**
     * Sends one to the mail's sender, if there is one.
     *
     * @param text for people
     */
    void send(MailetContext context, Mail mail, DeliveryReport.Action action, String text,
            List<DeliveryReport.Line> recipients) throws MessagingException {
        Optional<MailAddress> sender = mail.getMaybeSender().asOptional();
        if (sender.isEmpty()) {
            return;
        }
        String id = "dane-" + UUID.randomUUID();
        DeliveryReport report = new DeliveryReport(action, reportingMta, context.getPostmaster().asString(), sender.get().asString(), id,
            clock.instant(), JamesEnvelope.envelopeId(mail), text, recipients);
        MimeMessage message = new MimeMessage(Session.getInstance(new Properties()),
            new ByteArrayInputStream(report.toOctets(header(mail))));
        // RFC 5321 §6.1: a notification has a null reverse-path.
        MailImpl reply = MailImpl.builder().name(id).sender(Optional.empty()).addRecipient(sender.get()).mimeMessage(message).build();
        try {
            if (MailAttributes.tlsWish(mail) == TlsWish.REQUIRED) {
                // RFC 8689 §5: what tells of a mail with REQUIRETLS goes with REQUIRETLS.
                reply.setAttribute(new Attribute(MailAttributes.REQUIRE_TLS, AttributeValue.of(true)));
            }
            context.sendMail(reply);
        } finally {
            LifecycleUtil.dispose(reply);
        }
    }

    private static byte[] header(Mail mail) throws MessagingException {
        if (mail.getMessage() == null) {
            return new byte[0];
        }
        StringBuilder header = new StringBuilder();
        Collections.list(mail.getMessage().getNonMatchingHeaderLines(new String[] {"Bcc"})).forEach(line ->
            header.append(line.replaceAll("\r\n|\r|\n", "\r\n")).append("\r\n"));
        return header.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
