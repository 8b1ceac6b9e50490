/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.policy.SenderTlsPreference;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.Test;

/** Content and addresses that not every host takes, and what a delivery makes of it. */
class HostOffersTest extends TransferBed {
    private static final TestMail EIGHT_BIT = TestMail.to("bob@example.com").saying("Subject: x\r\n\r\ncaf\u00e9\r\n");

    private FakeDns twoHosts(ScriptedSmtpServer first, ScriptedSmtpServer second) {
        return FakeDns.unsigned().mx("example.com", "mx1.example.com", "mx2.example.com")
            .address("mx1.example.com", Deliveries.ip(first)).address("mx2.example.com", Deliveries.ip(second));
    }

    private static String content(ScriptedSmtpServer server) {
        return new String(server.messages().get(0).content().orElseThrow().message(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void shouldConvertForTheOnlyHostAtOnce() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).extensions("PIPELINING"));

        assertDelivered(world.deliver(world.dane(server), EIGHT_BIT), "mx.example.com");

        assertThat(content(server)).contains("caf?");
        assertThat(server.messages().get(0).sender().parameters()).doesNotContain("BODY=8BITMIME");
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void shouldSendAsItIsWhatCannotBeConverted() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).extensions("PIPELINING"));

        assertDelivered(world.deliver(world.dane(server), EIGHT_BIT.unconvertible()), "mx.example.com");

        assertThat(content(server)).contains("caf\u00e9");
        assertThat(server.messages().get(0).sender().parameters()).doesNotContain("BODY=8BITMIME");
    }

    @Test
    void shouldPreferAHostThatTakesEightBitContent() {
        ScriptedSmtpServer first = world.start(world.plain().extensions("PIPELINING"));
        ScriptedSmtpServer second = world.start(world.plain());

        assertDelivered(world.deliver(twoHosts(first, second), EIGHT_BIT), "mx2.example.com");

        assertThat(content(second)).contains("caf\u00e9");
        assertThat(first.messages()).isEmpty();
        assertThat(world.measured).contains("dane.hosts.failed.eightbit-missing");
    }

    @Test
    void shouldConvertForTheFirstHostIfNoOtherTakesTheMail() {
        ScriptedSmtpServer first = world.start(world.plain().extensions("PIPELINING"));
        ScriptedSmtpServer second = world.start(world.plain().fault(Point.MAIL, Fault.reply("451 4.3.0 Later")));

        assertDelivered(world.deliver(twoHosts(first, second), EIGHT_BIT), "mx1.example.com");

        assertThat(content(first)).contains("caf?");
    }

    @Test
    void shouldReturnEightBitContentWhereConfigured() {
        world.conversion = EightBitConversion.BOUNCE;
        ScriptedSmtpServer first = world.start(world.plain().extensions("PIPELINING"));
        ScriptedSmtpServer second = world.start(world.plain().extensions("PIPELINING"));

        // RFC 6152 §3, RFC 3463 §3.7: conversion required but not supported.
        assertThat(world.deliver(twoHosts(first, second), EIGHT_BIT)).singleElement().isInstanceOfSatisfying(Outcome.Bounced.class,
            bounced -> assertThat(bounced.reason().code()).isEqualTo(new EnhancedStatusCode(5, 6, 3)));
        assertThat(first.messages()).isEmpty();
    }

    @Test
    void shouldTakeInternationalMailToAHostThatTakesIt() {
        ScriptedSmtpServer first = world.start(world.plain());
        ScriptedSmtpServer second = world.start(world.plain().extensions("8BITMIME", "SMTPUTF8"));
        TestMail mail = EIGHT_BIT.in(EIGHT_BIT.envelope().needingSmtpUtf8());

        assertDelivered(world.deliver(twoHosts(first, second), mail), "mx2.example.com");

        ScriptedSmtpServer third = world.start(world.plain());
        assertThat(world.deliver(twoHosts(first, third), mail)).singleElement().isInstanceOfSatisfying(Outcome.Bounced.class,
            bounced -> assertThat(bounced.reason().code()).isEqualTo(new EnhancedStatusCode(5, 6, 7)));
    }

    @Test
    void shouldTakeMailThatNeedsAnExtensionPastAHeloHost() {
        ScriptedSmtpServer first = world.start(world.tls(Deliveries.HOST).extensionsAfterTls("8BITMIME", "SMTPUTF8", "REQUIRETLS")
            .fault(Point.EHLO_AFTER_TLS, Fault.reply("502 5.5.1 What?")));
        ScriptedSmtpServer second = world.start(world.tls(Deliveries.HOST).extensionsAfterTls("8BITMIME", "SMTPUTF8", "REQUIRETLS"));
        FakeDns dns = FakeDns.signed().mx("example.com", "mx1.example.com", "mx2.example.com")
            .address("mx1.example.com", Deliveries.ip(first)).address("mx2.example.com", Deliveries.ip(second));
        for (String host : List.of("mx1", "mx2")) {
            dns.tlsa("_" + world.port + "._tcp." + host + ".example.com", Deliveries.HOST.association(3, 1, 1));
        }
        TestMail plain = TestMail.to("bob@example.com");

        assertDelivered(world.deliver(dns, plain), "mx1.example.com");
        assertDelivered(world.deliver(dns, plain.in(plain.envelope().needingSmtpUtf8())), "mx2.example.com");
        assertDelivered(world.deliver(dns, plain.wishing(SenderTlsPreference.REQUIRED)), "mx2.example.com");
        assertThat(first.session(1).verbs()).startsWith("EHLO", "STARTTLS", "EHLO", "HELO", "MAIL");
    }

    /** RFC 7672 §2.2: after HELO there is no STARTTLS, so whoever forges the refusal would take TLS away. */
    @Test
    void shouldNotSayHeloBeforeTlsWhereTlsIsRequired() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).fault(Point.EHLO, Fault.reply("502 5.5.1 What?")));
        FakeDns dns = FakeDns.signed().mx("example.com", "mx1.example.com").address("mx1.example.com", Deliveries.ip(server))
            .tlsa("_" + world.port + "._tcp.mx1.example.com", Deliveries.HOST.association(3, 1, 1));

        assertThat(world.deliver(dns, TestMail.to("bob@example.com"))).singleElement().isInstanceOf(Outcome.Deferred.class);

        assertThat(server.session(1).verbs()).doesNotContain("HELO", "MAIL");
    }

    @Test
    void shouldTakeAnInternationalRecipientToAHostThatTakesIt() {
        ScriptedSmtpServer first = world.start(world.plain());
        ScriptedSmtpServer second = world.start(world.plain().extensions("8BITMIME", "SMTPUTF8"));

        List<Outcome> outcomes = world.deliver(twoHosts(first, second), TestMail.to("bob@example.com", "b\u00f6b@example.com"));

        assertThat(outcomes).extracting(outcome -> ((Outcome.Delivered) outcome).host())
            .containsExactly("mx1.example.com", "mx2.example.com");
    }

    private static void assertDelivered(List<Outcome> outcomes, String host) {
        assertThat(outcomes).singleElement().isInstanceOfSatisfying(Outcome.Delivered.class, done ->
            assertThat(done.host()).isEqualTo(host));
    }
}
