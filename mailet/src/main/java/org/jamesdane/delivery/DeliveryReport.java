/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.jamesdane.smtp.Xtext;

/**
 * A delivery status notification (RFC 3464) in the form in which it is sent: a text for people, the same for machines, and the header of
 * the mail it is about.
 *
 * @param action what has become of the mail
 * @param reportingMta the name of this server
 * @param from who writes
 * @param to the sender of the mail
 * @param id unique; the local part of the Message-ID
 * @param at when it is written
 * @param envelopeId the sender's ENVID
 * @param text for people
 * @param recipients one by one
 */
public record DeliveryReport(Action action, String reportingMta, String from, String to, String id, Instant at,
        Optional<String> envelopeId, String text, List<Line> recipients) {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
        .withZone(ZoneOffset.UTC);
    /** RFC 5322 §2.1.1: a line must not be longer than this. */
    private static final int MAX_LINE = 900;

    /** What has become of the mail (RFC 3464 §2.3.3). */
    public enum Action {
        FAILED("failed", "Undelivered mail", "Your message could not be delivered to"),
        RELAYED("relayed", "Mail taken by a server that does not notify",
            "Your message was taken by a server that will not tell you whether it arrives, for");

        private final String word;
        private final String subject;
        private final String sentence;

        Action(String word, String subject, String sentence) {
            this.word = word;
            this.subject = subject;
            this.sentence = sentence;
        }
    }

    /**
     * One recipient.
     *
     * @param recipient the address
     * @param original the address that the sender wrote (ORCPT), with its type
     * @param status the enhanced status code
     * @param host the host that decided it
     * @param reply what it said, with its code; empty if no reply decided it
     */
    public record Line(String recipient, Optional<String> original, String status, String host, Optional<String> reply) {
    }

    public DeliveryReport {
        recipients = List.copyOf(recipients);
    }

    /**
     * The whole message, lines ending in CRLF.
     *
     * @param header the header of the mail it is about, as octets
     */
    public byte[] toOctets(byte[] header) {
        String boundary = "=_" + id.replaceAll("[^A-Za-z0-9]", "_");
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(top(boundary).getBytes(UTF_8));
        message.writeBytes((part(boundary, "text/plain; charset=utf-8") + people() + "\r\n").getBytes(UTF_8));
        message.writeBytes((part(boundary, "message/delivery-status") + machines() + "\r\n").getBytes(UTF_8));
        // RFC 3461 §6.2: the header alone; RFC 8689 §5 demands no more for REQUIRETLS.
        message.writeBytes(part(boundary, "text/rfc822-headers").getBytes(UTF_8));
        message.writeBytes(header);
        message.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(UTF_8));
        return message.toByteArray();
    }

    private String top(String boundary) {
        return field("From", "Mail Delivery System <" + from + ">") + field("To", "<" + to + ">") + field("Subject", action.subject)
            + field("Date", DATE.format(at)) + field("Message-ID", "<" + id + "@" + reportingMta.replaceAll("[\\[\\]:]", "") + ">")
            // RFC 3834 §5: whoever answers by himself does not answer to this.
            + field("Auto-Submitted", "auto-replied") + field("MIME-Version", "1.0")
            + "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"" + boundary + "\"\r\n\r\n";
    }

    private static String part(String boundary, String type) {
        return "--" + boundary + "\r\nContent-Type: " + type + "\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
    }

    private String people() {
        StringBuilder page = new StringBuilder(action.sentence).append("\r\n\r\n");
        recipients.forEach(each -> page.append("    ").append(oneLine(each.recipient)).append("\r\n"));
        page.append("\r\n");
        text.lines().forEach(line -> page.append(cut(line)).append("\r\n"));
        return page.toString();
    }

    /** RFC 3464 §2: one block for the message, one for each recipient. */
    private String machines() {
        StringBuilder status = new StringBuilder(field("Reporting-MTA", "dns; " + reportingMta));
        envelopeId.ifPresent(envelope -> status.append(field("Original-Envelope-Id", Xtext.encode(envelope))));
        for (Line each : recipients) {
            status.append("\r\n");
            each.original.ifPresent(original -> status.append(field("Original-Recipient", original)));
            status.append(field("Final-Recipient", "rfc822; " + each.recipient)).append(field("Action", action.word))
                .append(field("Status", each.status)).append(field("Remote-MTA", "dns; " + each.host));
            each.reply.ifPresent(reply -> status.append(field("Diagnostic-Code", "smtp; " + reply)));
            status.append(field("Last-Attempt-Date", DATE.format(at)));
        }
        return status.toString();
    }

    private static String field(String name, String body) {
        return name + ": " + cut(oneLine(body)) + "\r\n";
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }

    private static String cut(String line) {
        return line.length() <= MAX_LINE ? line : line.substring(0, MAX_LINE) + "…";
    }
}
