/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.Charset;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

import javax.mail.Session;
import javax.mail.internet.InternetHeaders;
import javax.mail.internet.MimeBodyPart;
import javax.mail.internet.MimeMessage;
import javax.mail.internet.MimeUtility;

import com.sun.mail.dsn.DeliveryStatus;
import com.sun.mail.dsn.MultipartReport;
import org.jamesdane.smtp.SmtpReply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Notifications as another's parser reads them (RFC 3464, RFC 6533). */
class DeliveryStatusNotificationTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final int MAX_LINE = 998;

    /** A reply as it comes: a charset and its lines. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Odd(String charset, String... lines) {
        SmtpReply reply() {
            List<String> octets = Stream.of(lines).map(line -> new String(line.getBytes(Charset.forName(charset)), ISO_8859_1)).toList();
            return new SmtpReply(550, List.of(lines), octets);
        }

        @Override
        public String toString() {
            return charset + " " + Arrays.toString(lines).substring(0, Math.min(40, Arrays.toString(lines).length()));
        }
    }

    static Stream<Odd> replies() {
        return Stream.of(new Odd("UTF-8", "5.1.1 Empfänger unbekannt"), new Odd("ISO-8859-1", "5.1.1 Empfänger unbekannt"),
            new Odd("windows-1252", "5.1.1 Kontingent überschritten – 5 €"), new Odd("ISO-8859-15", "5.2.2 Boîte pleine, 5 €"),
            new Odd("ISO-8859-2", "5.1.1 Nieznany użytkownik, proszę spróbować"), new Odd("windows-1250", "5.1.1 Příjemce neexistuje"),
            new Odd("ISO-8859-5", "5.1.1 Нет такого пользователя"), new Odd("windows-1251", "5.1.1 Нет такого пользователя"),
            new Odd("KOI8-R", "5.1.1 Нет такого пользователя"), new Odd("UTF-8", "5.1.1 Нет такого пользователя"),
            new Odd("ISO-8859-7", "5.1.1 Άγνωστος παραλήπτης"), new Odd("windows-1253", "5.1.1 Άγνωστος παραλήπτης"),
            new Odd("ISO-8859-9", "5.1.1 Kullanıcı bulunamadı"), new Odd("windows-1254", "5.1.1 Kullanıcı bulunamadı"),
            new Odd("ISO-8859-8", "5.1.1 נמען לא קיים"), new Odd("windows-1255", "5.1.1 נמען לא קיים"),
            new Odd("ISO-8859-6", "5.1.1 مستلم غير معروف"), new Odd("windows-1256", "5.1.1 مستلم غير معروف"),
            new Odd("Shift_JIS", "5.1.1 宛先が見つかりません"), new Odd("EUC-JP", "5.1.1 宛先が見つかりません"),
            new Odd("ISO-2022-JP", "5.1.1 宛先が見つかりません"), new Odd("UTF-8", "5.1.1 宛先が見つかりません"),
            new Odd("GBK", "5.1.1 收件人不存在"), new Odd("GB18030", "5.1.1 收件人不存在"), new Odd("Big5", "5.1.1 收件人不存在"),
            new Odd("EUC-KR", "5.1.1 받는 사람이 없습니다"), new Odd("TIS-620", "5.1.1 ไม่พบผู้รับ"), new Odd("IBM437", "5.1.1 Empfänger ░▒▓"),
            new Odd("UTF-16LE", "5.1.1 no"), new Odd("US-ASCII", "5.1.1 " + "x".repeat(2000)),
            new Odd("UTF-8", "5.1.1 " + "ж".repeat(2000)), new Odd("US-ASCII", "5.1.1 mailbox unavailable", "5.1.1 it has moved"),
            new Odd("US-ASCII", ""), new Odd("UTF-8", "5.1.1 \uD83D\uDCEA " + "wort wörter ".repeat(200)));
    }

    private static byte[] octets(SmtpReply reply, boolean smtpUtf8, String recipient) {
        return new DeliveryStatusNotification(DeliveryStatusNotification.Action.FAILED,
            new DeliveryStatusNotification.Writer("client.example", "postmaster@client.example", Optional.of("Hilfe gibt es hier.")),
            new DeliveryStatusNotification.About("alice@sender.example", Optional.of("QQ+314=159"), smtpUtf8, Optional.empty(),
                "Subject: plan\r\nX-Long: " + "y".repeat(1200) + "\r\n"), "id-1", NOW,
            "mx.example.com said: " + reply,
            List.of(new DeliveryStatusNotification.Line(recipient, Optional.of("rfc822; robert@example.org"), "5.1.1", "mx.example.com",
                Optional.of(reply.diagnostic())),
                new DeliveryStatusNotification.Line("carol@example.com", Optional.empty(), "5.4.4", "-", Optional.empty()))).toOctets();
    }

    private static MultipartReport parsed(byte[] octets) throws Exception {
        MimeMessage message = new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(octets));
        return new MultipartReport(message.getDataHandler().getDataSource());
    }

    @ParameterizedTest
    @MethodSource("replies")
    void shouldBeReadableByAnotherParserWhateverAHostSays(Odd odd) throws Exception {
        byte[] octets = octets(odd.reply(), false, "bob@example.com");

        assertThat(new String(octets, ISO_8859_1).split("\r\n", 0)).allMatch(line -> line.length() <= MAX_LINE)
            .allMatch(line -> line.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f)));
        MultipartReport report = parsed(octets);
        DeliveryStatus status = (DeliveryStatus) report.getReport();
        assertThat(status.getMessageDSN().getHeader("Original-Envelope-Id", null)).isEqualTo("QQ+314=159");
        assertThat(status.getRecipientDSNCount()).isEqualTo(2);
        InternetHeaders bob = status.getRecipientDSN(0);
        assertThat(bob.getHeader("Status", null)).isEqualTo("5.1.1");
        assertThat(bob.getHeader("Final-Recipient", null)).isEqualTo("rfc822; bob@example.com");
        assertThat(bob.getHeader("Diagnostic-Code", null)).startsWith("smtp; 550").matches("[ -~\r\n]*")
            .doesNotContain("mx.example.com", "said");
        assertThat(status.getRecipientDSN(1).getHeader("Diagnostic-Code", null)).isNull();
        assertThat(report.getText()).contains(odd.reply().text()).contains("Hilfe gibt es hier.");
    }

    @Test
    void shouldEscapeTheOctetsThatCame() {
        assertThat(new Odd("ISO-8859-1", "5.1.1 für").reply().diagnostic()).isEqualTo("550 5.1.1 f\\x{FC}r");
        assertThat(new Odd("UTF-8", "5.1.1 für").reply().diagnostic()).isEqualTo("550 5.1.1 f\\x{C3}\\x{BC}r");
        // RFC 3461 §9.2
        assertThat(new Odd("UTF-8", "mailbox unavailable", "moved").reply().diagnostic()).isEqualTo("550-mailbox unavailable 550 moved");
    }

    @Test
    void shouldCutNoEscapeInHalf() throws Exception {
        for (int before = 0; before < 8; before++) {
            SmtpReply reply = new Odd("UTF-8", "x".repeat(before) + "ж".repeat(200)).reply();
            String code = ((DeliveryStatus) parsed(octets(reply, false, "bob@example.com")).getReport()).getRecipientDSN(0)
                .getHeader("Diagnostic-Code", null);
            assertThat(code).matches("smtp; 550 x*(\\\\x\\{[0-9A-F]{2}})*\\.\\.\\.");
        }
    }

    @Test
    void shouldUseTheTypesForSmtpUtf8ForSuchMailAlone() throws Exception {
        // RFC 6533 §4
        SmtpReply reply = new Odd("UTF-8", "5.1.1 Unbekannt").reply();
        MultipartReport report = parsed(octets(reply, true, "bøb@example.com"));
        MimeBodyPart status = (MimeBodyPart) report.getBodyPart(1);

        assertThat(status.getContentType()).isEqualTo("message/global-delivery-status");
        assertThat(new String(MimeUtility.decode(status.getRawInputStream(), status.getEncoding()).readAllBytes(), UTF_8))
            .contains("Final-Recipient: utf-8; bøb@example.com");
        assertThat(report.getBodyPart(2).getContentType()).isEqualTo("message/global-headers");

        MultipartReport other = parsed(octets(reply, false, "bøb@example.com"));
        assertThat(((DeliveryStatus) other.getReport()).getRecipientDSN(0).getHeader("Final-Recipient", null))
            .isEqualTo("utf-8; b\\x{F8}b@example.com");
        assertThat(other.getBodyPart(2).getContentType()).isEqualTo("text/rfc822-headers");
    }
}
