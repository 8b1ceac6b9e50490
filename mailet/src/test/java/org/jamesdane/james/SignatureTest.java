/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import javax.mail.internet.MimeMessage;

import org.apache.james.jdkim.DKIMVerifier;
import org.apache.james.jdkim.mailets.DKIMSign;
import org.apache.james.server.core.MailImpl;
import org.apache.james.server.core.MimeMessageInputStreamSource;
import org.apache.james.server.core.MimeMessageWrapper;
import org.apache.mailet.MailetConfig;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.tls.TlsOffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A signature that James's DKIMSign makes (RFC 6376) has to hold where the mail arrives, queued as James queues it and sent by us. */
class SignatureTest {
    private static final KeyPair KEYS = keys();
    private static final String HEADER = String.join("\r\n", "From: Alice <alice@sender.example>", "To: bob@example.com",
        "Subject:  a  folded", "\tsubject ", "Date: Sun, 1 Nov 2026 12:00:00 +0000", "Message-ID: <1@sender.example>",
        "Bcc: eve@example.com", "MIME-Version: 1.0", "");

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Java has RSA", e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple/simple", "relaxed/relaxed", "relaxed/simple"})
    void shouldArriveWithASignatureThatHolds(String canonicalization) throws Exception {
        List<String> messages = List.of(
            HEADER + "Content-Type: text/plain\r\n\r\nHello.\r\n..dots\r\n.\r\n.more \t \r\n\r\n\r\n",
            HEADER + "Content-Type: text/plain\r\n\r\nno end of line",
            HEADER + "Content-Type: text/plain\r\n\r\n",
            HEADER + "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\ncaf\u00e9 \u00ff\r\n",
            HEADER + "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAw==\r\n",
            HEADER + "Content-Type: multipart/mixed; boundary=x\r\n\r\npreamble\r\n--x\r\n\r\none\r\n--x\r\nContent-Type: text/html\r\n\r\n"
                + "<p>two\r\n--x--\r\nepilogue\r\n",
            HEADER + "Content-Type: text/plain\r\n\r\n" + "long ".repeat(4_000) + "\r\n");
        for (String message : messages) {
            byte[] arrived = delivered(signed(message, canonicalization));

            assertThat(new DKIMVerifier(SignatureTest::published).verify(new ByteArrayInputStream(arrived))).as(message).hasSize(1);
            assertThat(new String(arrived, ISO_8859_1)).doesNotContain("eve@example.com");
        }
    }

    @Test
    void shouldNoticeAChange() throws Exception {
        byte[] arrived = delivered(signed(HEADER + "\r\nHello.\r\n", "relaxed/relaxed"));
        String changed = new String(arrived, ISO_8859_1).replace("Hello.", "Hallo.");

        assertThatThrownBy(() -> new DKIMVerifier(SignatureTest::published).verify(new ByteArrayInputStream(changed.getBytes(ISO_8859_1))))
            .hasMessageContaining("body");
    }

    private static List<String> published(CharSequence methods, CharSequence selector, CharSequence domain) {
        return List.of("v=DKIM1; k=rsa; p=" + Base64.getEncoder().encodeToString(KEYS.getPublic().getEncoded()));
    }

    /** Mail signed as James does it: the blind copies go, the signature comes, and the queue keeps a copy. */
    private static MailImpl signed(String text, String canonicalization) throws Exception {
        MimeMessageWrapper message = new MimeMessageWrapper(MimeMessageInputStreamSource.create("mail-1",
            new ByteArrayInputStream(text.getBytes(ISO_8859_1))));
        message.removeHeader("Bcc");
        MailImpl mail = MailImpl.builder().name("mail-1").sender("alice@sender.example").addRecipient("bob@example.com")
            .mimeMessage(message).build();
        DKIMSign signing = new DKIMSign();
        signing.init(configuration(Map.of(
            "signatureTemplate", "v=1; s=sel; d=sender.example; c=" + canonicalization
                + "; h=from:to:subject:date:message-id; a=rsa-sha256; "
                + "bh=; b=;",
            "privateKey", "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(KEYS.getPrivate().getEncoded()) + "\n-----END PRIVATE KEY-----\n")));
        signing.service(mail);
        MailImpl queued = MailImpl.duplicate(mail);
        queued.setMessage(new MimeMessage(mail.getMessage()));
        return queued;
    }

    private static MailetConfig configuration(Map<String, String> parameters) {
        return (MailetConfig) Proxy.newProxyInstance(SignatureTest.class.getClassLoader(), new Class<?>[] {MailetConfig.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "getInitParameter" -> parameters.get(String.valueOf(arguments[0]));
                case "getInitParameterNames" -> parameters.keySet().iterator();
                default -> null;
            });
    }

    /** The message as it stands at the host. */
    private static byte[] delivered(MailImpl mail) throws Exception {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.builder().extensions("PIPELINING", "8BITMIME").start();
             SocketSmtpConnector connector = new SocketSmtpConnector();
             JamesMail outbound = new JamesMail(mail, JamesEnvelope.of(mail).envelope().orElseThrow(), Optional.empty(),
                 ContentRules.DEFAULT)) {
            DeliverySettings settings = new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(Policy.MAY, Map.of()),
                new RoutingRules(Set.of(), Set.of(), List.of(AddressRange.parse("127.0.0.0/8")), 10, 5), TlsaSearch.InsecureMx.DANE),
                new DeliverySettings.Connection(server.port(), false, "client.example", BindAddresses.ANY,
                    Timeouts.defaults(), TlsOffer.DEFAULT),
                List.of(), DeliverySettings.GatewayOptions.PLAIN, EightBitConversion.CONVERT);
            FakeDns dns = FakeDns.unsigned().mx("example.com", "mx.example.com").address("mx.example.com", server.address().getAddress());

            assertThat(new DeliveryAttempt(dns, connector, settings, DeliveryAudit.NONE, InstantSource.system(), new Random(1))
                .deliver(outbound)).singleElement().isInstanceOf(Outcome.Delivered.class);
            return server.messages().get(0).content().orElseThrow().message();
        }
    }
}
