/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import org.apache.james.server.core.MailImpl;
import org.apache.james.server.core.MimeMessageInputStreamSource;
import org.apache.james.server.core.MimeMessageWrapper;
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
import org.jamesdane.james.ContentRules.LongLines;
import org.jamesdane.james.ContentRules.Nul;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.tls.TlsOffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentRulesTest {
    private static final String LONG = "x".repeat(2_500);
    private static final String FOLDED = "x".repeat(998) + "\r\n " + "x".repeat(997) + "\r\n " + "x".repeat(505);

    private static String fold(String text, Charset charset) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LineFolding.fold(new ByteArrayInputStream(text.getBytes(charset)), out);
        return out.toString(charset);
    }

    @Test
    void shouldFoldWhatIsTooLongAndNothingElse() throws IOException {
        String fine = "Subject: " + "y".repeat(989) + "\r\n\r\n" + "z".repeat(998) + "\r\n";
        assertThat(fold(fine, ISO_8859_1)).isEqualTo(fine);
        assertThat(fold("a\r\n" + LONG + "\r\nb", ISO_8859_1)).isEqualTo("a\r\n" + FOLDED + "\r\nb");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00e9", "\u20ac", "\ud83d\ude00"})
    void shouldFoldBetweenCharacters(String character) throws IOException {
        for (int offset = 0; offset < 4; offset++) {
            String folded = fold("x".repeat(offset) + character.repeat(1_000), UTF_8);

            assertThat(folded.replace("\r\n ", "")).isEqualTo("x".repeat(offset) + character.repeat(1_000));
            assertThat(folded.split("\r\n")).allSatisfy(line ->
                assertThat(line.getBytes(UTF_8).length).isLessThanOrEqualTo(998));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Subject: x\\n\\nbody\\n | false",
        "Content-Type: multipart/mixed; boundary=b\\n\\n--b\\nX: y\\n\\nz\\n--b--\\n | false",
        "Subject: x\\ndkim-signature: v=1\\n\\nbody\\n | true",
        "ARC-Message-Signature: i=1\\n\\nbody\\n | true",
        "Content-Type: multipart/signed; boundary=b\\n\\n--b\\n\\nz\\n--b--\\n | true",
        "Content-Type: multipart/mixed; boundary=a\\n\\n--a\\nContent-Type: MULTIPART/Encrypted; boundary=b\\n\\n--b\\n\\nz\\n--b--"
            + " | true",
        "Content-Type: message/rfc822\\n\\nContent-Type: multipart/signed; boundary=b\\n\\n--b\\n\\nz\\n--b--\\n | true",
    })
    void shouldKnowWhatIsSealed(String message, boolean sealed) throws IOException {
        assertThat(LineFolding.isSealed(stream(message.replace("\\n", "\r\n")))).isEqualTo(sealed);
    }

    @Test
    void shouldTakeForSealedWhatIsNestedTooDeep() throws IOException {
        String nested = "Content-Type: message/rfc822\r\n\r\n".repeat(5_000) + "Subject: x\r\n\r\nbody\r\n";
        assertThat(LineFolding.isSealed(stream(nested))).isTrue();
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(ISO_8859_1));
    }

    @Test
    void shouldReturnAMessageWithNulAtOnce() throws Exception {
        assertThat(delivered("Subject: x\r\n\r\na\0b\r\n", ContentRules.DEFAULT)).isEqualTo("5.6.0");
        assertThat(delivered("Subject: x\r\n\r\na\0b\0\r\n", new ContentRules(Nul.STRIP, LongLines.PASS)))
            .isEqualTo("Subject: x\r\n\r\nab\r\n");
    }

    @ParameterizedTest
    @EnumSource(LongLines.class)
    void shouldTreatLongLinesAsConfigured(LongLines rule) throws Exception {
        String head = "Subject: x\r\n\r\n";
        assertThat(delivered(head + LONG + "\r\n", new ContentRules(Nul.REFUSE, rule))).isEqualTo(switch (rule) {
            case PASS -> head + LONG + "\r\n";
            case FOLD -> head + FOLDED + "\r\n";
            case REFUSE -> "5.6.0";
        });
    }

    @Test
    void shouldNotFoldWhatIsSigned() throws Exception {
        String signed = "DKIM-Signature: v=1\r\nSubject: x\r\n\r\n" + LONG + "\r\n";
        assertThat(delivered(signed, new ContentRules(Nul.REFUSE, LongLines.FOLD))).isEqualTo(signed);
    }

    @Test
    void shouldConvertLabelledPartsAndSendTheRestAsItIs() throws Exception {
        String labelled = "Content-Transfer-Encoding: 8bit\r\n\r\ncaf\u00e9\r\n";
        assertThat(delivered(labelled, ContentRules.DEFAULT, "PIPELINING")).contains("quoted-printable").endsWith("caf=E9\r\n");
        assertThat(delivered(labelled, ContentRules.DEFAULT)).isEqualTo(labelled);
        String unlabelled = "Subject: x\r\n\r\ncaf\u00e9\r\n";
        assertThat(delivered(unlabelled, ContentRules.DEFAULT, "PIPELINING")).isEqualTo(unlabelled);
        String odd = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + labelled + "no end\r\n";
        assertThat(delivered(odd, ContentRules.DEFAULT, "PIPELINING")).isEqualTo(odd);
    }

    @Test
    void shouldFoldOnlyWhatTheConversionLeavesTooLong() throws Exception {
        String text = "Content-Transfer-Encoding: 8bit\r\n\r\n" + "\u00e9".repeat(1_200) + "\r\n";
        String sent = delivered(text, new ContentRules(Nul.REFUSE, LongLines.FOLD), "PIPELINING");
        assertThat(sent.substring(sent.indexOf("\r\n\r\n")).replace("=\r\n", "").strip()).isEqualTo("=E9".repeat(1_200));
    }

    /** The message as a host gets it, or the code of the bounce. */
    private static String delivered(String text, ContentRules rules) throws Exception {
        return delivered(text, rules, "PIPELINING", "8BITMIME");
    }

    private static String delivered(String text, ContentRules rules, String... extensions) throws Exception {
        MailImpl mail = MailImpl.builder().name("mail-1").sender("alice@sender.example").addRecipient("bob@example.com")
            .mimeMessage(new MimeMessageWrapper(MimeMessageInputStreamSource.create("mail-1", stream(text)))).build();
        try (ScriptedSmtpServer server = ScriptedSmtpServer.builder().extensions(extensions).start();
             SocketSmtpConnector connector = new SocketSmtpConnector();
             JamesMail outbound = new JamesMail(mail, JamesEnvelope.of(mail).envelope().orElseThrow(), Optional.empty(), rules)) {
            DeliverySettings settings = new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(Policy.MAY, Map.of()),
                new RoutingRules(Set.of(), Set.of(), List.of(AddressRange.parse("127.0.0.0/8")), 10, 5), TlsaSearch.InsecureMx.DANE),
                new DeliverySettings.Connection(server.port(), false, "client.example", BindAddresses.ANY,
                    Timeouts.defaults(), TlsOffer.DEFAULT),
                List.of(), DeliverySettings.GatewayOptions.PLAIN, EightBitConversion.CONVERT);
            FakeDns dns = FakeDns.unsigned().mx("example.com", "mx.example.com", "mx2.example.com")
                .address("mx.example.com", server.address().getAddress()).address("mx2.example.com", server.address().getAddress());
            Outcome outcome = new DeliveryAttempt(dns, connector, settings, DeliveryAudit.NONE, InstantSource.system(), new Random(1))
                .deliver(outbound).get(0);
            if (outcome instanceof Outcome.Bounced bounced) {
                assertThat(server.connections()).isEqualTo(1);
                assertThat(server.session(1).transactions()).isEmpty();
                return bounced.reason().code().toString();
            }
            return new String(server.messages().get(0).content().orElseThrow().message(), ISO_8859_1);
        }
    }
}
