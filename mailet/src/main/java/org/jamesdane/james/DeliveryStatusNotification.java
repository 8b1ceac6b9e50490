/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

import javax.mail.MessagingException;
import javax.mail.internet.MimeUtility;

import com.google.common.base.Splitter;
import org.jamesdane.smtp.DiagnosticText;

/**
 * Delivery status notification (RFC 3464, RFC 6533) as sent: a text for people, the same for machines, and the header of the mail in
 * question. Its body is 7-bit and its lines are short, whatever octets hosts and senders wrote.
 *
 * @param action the fate of the mail
 * @param writer this server
 * @param about the mail
 * @param id unique; the local part of the Message-ID
 * @param at when it is written
 * @param text for people
 * @param recipients one by one
 */
record DeliveryStatusNotification(Action action, Writer writer, About about, String id, Instant at, String text, List<Line> recipients) {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
        .withZone(ZoneOffset.UTC);
    /** RFC 5322 §2.1.1: a line has at most 998 octets without its end. */
    private static final int MAX_LINE = 998;
    /** Octets of a line before it is folded; RFC 5322 §2.1.1 recommends 78, and a reply that is one word may need more. */
    private static final int FOLDED_LINE = 900;
    /** Characters of one word; with up to four octets each they fit into a line. */
    private static final int MAX_WORD = 200;
    private static final Pattern CUT_ESCAPE = Pattern.compile("\\\\(?:x(?:\\{[0-9A-F]{0,2})?)?$");

    /** The fate of the mail (RFC 3464 §2.3.3). */
    enum Action {
        FAILED("failed", "Undelivered mail", "Your message could not be delivered to"),
        DELAYED("delayed", "Delayed mail",
            "Your message has not been delivered yet. It is still tried; you need not send it again. It is for"),
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
     * This server.
     *
     * @param name its name in EHLO
     * @param postmaster the address in From
     * @param note a text of the operator's for people
     */
    record Writer(String name, String postmaster, Optional<String> note) {
    }

    /**
     * The mail.
     *
     * @param sender its sender's address
     * @param envelopeId its ENVID, not encoded as xtext
     * @param smtpUtf8 whether it needs SMTPUTF8 itself
     * @param until when it will be given up, for a delay
     * @param header its header, one character for each octet
     */
    record About(String sender, Optional<String> envelopeId, boolean smtpUtf8, Optional<Instant> until, String header) {
    }

    /**
     * Line for one recipient.
     *
     * @param recipient the address
     * @param original the address that the sender wrote (ORCPT), with its type
     * @param status the enhanced status code
     * @param host the host that decided it, or the domain where no host was reached
     * @param diagnostic its reply, with its code and in ASCII; empty if it said nothing
     */
    record Line(String recipient, Optional<String> original, String status, String host, Optional<String> diagnostic) {
    }

    DeliveryStatusNotification {
        recipients = List.copyOf(recipients);
    }

    /** The whole message, lines ending in CRLF. */
    byte[] toOctets() {
        String boundary = "=_" + id.replaceAll("[^A-Za-z0-9]", "_");
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(top(boundary).getBytes(UTF_8));
        part(message, boundary, "text/plain; charset=utf-8", people().getBytes(UTF_8));
        // RFC 6533 §4: the types of its own for mail that needs SMTPUTF8, and for no other.
        part(message, boundary, about.smtpUtf8 ? "message/global-delivery-status" : "message/delivery-status",
            machines().getBytes(UTF_8));
        // RFC 3461 §6.2: the header alone; RFC 8689 §5 demands no more for REQUIRETLS.
        part(message, boundary, about.smtpUtf8 ? "message/global-headers" : "text/rfc822-headers",
            about.header.getBytes(ISO_8859_1));
        message.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(UTF_8));
        return message.toByteArray();
    }

    private String top(String boundary) {
        return "From: Mail Delivery System <" + oneLine(writer.postmaster) + ">\r\nTo: <" + oneLine(about.sender) + ">\r\nSubject: "
            + action.subject + "\r\nDate: " + DATE.format(at) + "\r\nMessage-ID: <" + id + "@" + writer.name.replaceAll("[\\[\\]:]", "")
            // RFC 3834 §5: whoever answers by himself does not answer to this.
            + ">\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; "
            + "report-type=delivery-status;\r\n\tboundary=\"" + boundary + "\"\r\n\r\n";
    }

    /** RFC 6533 §4.5: the way to the sender may be 7-bit only, so that everything is. */
    private static void part(ByteArrayOutputStream message, String boundary, String type, byte[] content) {
        boolean plain = isShortAscii(content);
        message.writeBytes(("\r\n--" + boundary + "\r\nContent-Type: " + type + "\r\nContent-Transfer-Encoding: "
            + (plain ? "7bit" : "quoted-printable") + "\r\n\r\n").getBytes(UTF_8));
        if (plain) {
            message.writeBytes(content);
            return;
        }
        try (OutputStream encoder = MimeUtility.encode(message, "quoted-printable")) {
            encoder.write(content);
        } catch (IOException | MessagingException e) {
            throw new UncheckedIOException(new IOException("Memory can be written to, and the encoding is known", e));
        }
    }

    private static boolean isShortAscii(byte[] content) {
        int length = 0;
        for (byte octet : content) {
            length = octet == '\n' ? 0 : length + 1;
            if (octet <= 0 || length > MAX_LINE) {
                return false;
            }
        }
        return true;
    }

    private String people() {
        StringBuilder page = new StringBuilder(action.sentence).append("\r\n\r\n");
        recipients.forEach(each -> page.append("    ").append(oneLine(each.recipient)).append("\r\n"));
        page.append("\r\n");
        text.lines().forEach(line -> page.append(line).append("\r\n"));
        about.until.ifPresent(end -> page.append("\r\nIt is tried until ").append(DATE.format(end)).append(".\r\n"));
        writer.note.ifPresent(note -> {
            page.append("\r\n");
            note.lines().forEach(line -> page.append(line).append("\r\n"));
        });
        return page.toString();
    }

    /** RFC 3464 §2: one block for the message, one for each recipient. */
    private String machines() {
        // RFC 3461 §6.3 (b): an address literal is no domain name.
        StringBuilder status = new StringBuilder(field("Reporting-MTA", (writer.name.startsWith("[") ? "x-local-hostname; " : "dns; ")
            + writer.name));
        // RFC 3461 §6.3 (a): the field is not encoded as xtext.
        about.envelopeId.ifPresent(envelope -> status.append(field("Original-Envelope-Id", envelope)));
        for (Line each : recipients) {
            status.append("\r\n");
            each.original.ifPresent(original -> status.append(field("Original-Recipient", original)));
            status.append(field("Final-Recipient", address(each.recipient))).append(field("Action", action.word))
                .append(field("Status", each.status));
            // RFC 3464 §2.3.5, §2.3.6: both only where a host said it. What this server decided by itself stands in the text for people.
            each.diagnostic.ifPresent(reply -> status.append(field("Remote-MTA", "dns; " + each.host))
                .append(field("Diagnostic-Code", "smtp; " + reply)));
            status.append(field("Last-Attempt-Date", DATE.format(at)));
            about.until.ifPresent(end -> status.append(field("Will-Retry-Until", DATE.format(end))));
        }
        return status.toString();
    }

    /** RFC 6533 §3: an address with other characters than ASCII has a type, and a 7-bit form. */
    private String address(String address) {
        if (address.chars().allMatch(c -> c < 0x80)) {
            return "rfc822; " + address;
        }
        if (about.smtpUtf8) {
            return "utf-8; " + address;
        }
        StringBuilder escaped = new StringBuilder("utf-8; ");
        address.codePoints().forEach(c -> escaped.append(c > ' ' && c < 0x7f && c != '\\' && c != '+' && c != '='
            ? Character.toString(c) : String.format(Locale.ROOT, "\\x{%02X}", c)));
        return escaped.toString();
    }

    /**
     * A field, folded at spaces; a word that is too long for a line is cut. RFC 3464 §2.1: it is 7-bit, except in the type that RFC 6533
     * made for SMTPUTF8.
     */
    private String field(String name, String body) {
        StringBuilder field = new StringBuilder(name).append(':');
        int length = field.length();
        String text = about.smtpUtf8 ? oneLine(body) : DiagnosticText.of(oneLine(body));
        for (String word : Splitter.on(' ').split(text)) {
            String shown = word.length() <= MAX_WORD ? word : CUT_ESCAPE.matcher(word.substring(0, MAX_WORD)).replaceFirst("") + "...";
            int octets = shown.getBytes(UTF_8).length + 1;
            if (length + octets > FOLDED_LINE) {
                field.append("\r\n");
                length = 0;
            }
            field.append(' ').append(shown);
            length += octets;
        }
        return field.append("\r\n").toString();
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }
}
