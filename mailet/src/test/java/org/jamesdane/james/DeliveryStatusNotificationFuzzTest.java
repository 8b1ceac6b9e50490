/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.jamesdane.smtp.SmtpReply;
import org.jamesdane.testing.fuzz.FuzzInput;

/** Notifications about mail with any header, envelope and reply: 7-bit, in short lines, with no field that others wrote. */
class DeliveryStatusNotificationFuzzTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final int MAX_LINE = 998;
    private static final List<DeliveryStatusNotification.Action> ACTIONS = List.of(DeliveryStatusNotification.Action.values());

    @FuzzTest
    void shouldHaveNoFieldThatOthersWrote(byte[] octets) {
        FuzzInput input = new FuzzInput(octets);
        int way = input.octet();
        SmtpReply reply = new SmtpReply(550, List.of(text(input)), List.of(text(input)));
        DeliveryStatusNotification.Line line = new DeliveryStatusNotification.Line(text(input), Optional.of(text(input)), "5.1.1",
            text(input), Optional.of(reply.diagnostic()));
        DeliveryStatusNotification report = new DeliveryStatusNotification(ACTIONS.get(way % ACTIONS.size()),
            new DeliveryStatusNotification.Writer("mx.example", text(input), Optional.of(text(input))),
            new DeliveryStatusNotification.About(text(input), Optional.of(text(input)), way % 2 == 0, Optional.of(NOW),
                new String(input.rest(), ISO_8859_1)), "id", NOW, "text", List.of(line));

        String message = new String(report.toOctets(), ISO_8859_1);

        String top = message.substring(0, message.indexOf("\r\n\r\n"));
        assertThat(top.lines().map(each -> each.replaceAll(":.*", "")).map(String::strip)).allMatch(each -> each.startsWith("boundary")
            || List.of("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type").contains(each));
        for (String each : message.substring(top.length()).split("\r\n", -1)) {
            assertThat(each.length()).isLessThanOrEqualTo(MAX_LINE);
            assertThat(each).matches("[\\x09\\x20-\\x7e]*");
        }
    }

    private static String text(FuzzInput input) {
        return new String(input.take(input.octet() % 64), ISO_8859_1);
    }
}
