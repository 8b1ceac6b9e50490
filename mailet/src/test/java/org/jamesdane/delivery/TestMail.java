/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.SenderTlsPreference;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.MailPath;
import org.jamesdane.smtp.MessageContent;
import org.jamesdane.smtp.Recipient;

/** A mail in memory. */
public record TestMail(Envelope envelope, String text, MailHistory history, Optional<Policy> demand, SenderTlsPreference tlsWish)
        implements OutboundMail {
    private static final String UNCONVERTIBLE = "nobody knows its charset\r\n";

    public static TestMail to(String... recipients) {
        return new TestMail(Envelope.of(Optional.of(MailPath.of("alice@sender.example")),
            Arrays.stream(recipients).map(MailPath::of).map(Recipient::of).toList()), "Subject: hello\r\n\r\nHello.\r\n", MailHistory.NEW,
            Optional.empty(), SenderTlsPreference.UNSAID);
    }

    public TestMail with(MailHistory other) {
        return new TestMail(envelope, text, other, demand, tlsWish);
    }

    public TestMail demanding(Policy policy) {
        return new TestMail(envelope, text, history, Optional.of(policy), tlsWish);
    }

    public TestMail saying(String other) {
        return new TestMail(envelope, other, history, demand, tlsWish);
    }

    TestMail notifying(Recipient.Notify wish) {
        return in(envelope.to(envelope.recipients().stream().map(recipient -> new Recipient(recipient.path(), Set.of(wish),
            recipient.originalRecipient())).toList()));
    }

    TestMail in(Envelope other) {
        return new TestMail(other, text, history, demand, tlsWish);
    }

    TestMail wishing(SenderTlsPreference wish) {
        boolean condition = wish == SenderTlsPreference.REQUIRED && envelope.sender().isPresent();
        return new TestMail(condition ? envelope.requiringTls() : envelope, text, history, demand, wish);
    }

    /** A message of which nothing can be encoded in 7 bits. */
    TestMail unconvertible() {
        return saying(text + UNCONVERTIBLE);
    }

    @Override
    public String name() {
        return "mail-1";
    }

    @Override
    public MessageContent content() {
        return content(text);
    }

    @Override
    public MessageContent sevenBitContent() {
        return text.endsWith(UNCONVERTIBLE) ? content() : content(text.replaceAll("[^\\x00-\\x7f]", "?"));
    }

    private static MessageContent content(String text) {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        return new MessageContent() {
            @Override
            public InputStream open() {
                return new ByteArrayInputStream(octets);
            }

            @Override
            public long size() {
                return octets.length;
            }

            @Override
            public boolean eightBit() {
                return text.chars().anyMatch(c -> c > 0x7f);
            }
        };
    }
}
