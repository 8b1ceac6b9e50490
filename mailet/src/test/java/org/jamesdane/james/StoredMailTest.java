/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.apache.james.core.MailAddress;
import org.apache.james.server.core.MailImpl;
import org.apache.james.server.core.MimeMessageSource;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.DsnParameters;
import org.apache.mailet.Mail;
import org.apache.mailet.PerRecipientHeaders.Header;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.waiting.StoredHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The stored form of James's mail. */
class StoredMailTest {
    private static final String OTHERS = "of.others";

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        ((Logger) LoggerFactory.getLogger(StoredMail.class)).addAppender(log);
    }

    @AfterEach
    void close() {
        ((Logger) LoggerFactory.getLogger(StoredMail.class)).detachAppender(log);
    }

    @SuppressWarnings("JavaUtilDate") // The mail API has no other.
    @Test
    void shouldKeepEverythingOfTheEnvelope() throws Exception {
        MailImpl mail = Mails.mail("mail-1", Mails.TEXT, "bob@example.com", "carol@example.com");
        mail.setAttribute(attribute(OTHERS, AttributeValue.of(List.of(AttributeValue.of("a\n%"), AttributeValue.of(7)))));
        mail.setDsnParameters(DsnParameters.builder().envId(DsnParameters.EnvId.of("QQ314159")).ret(DsnParameters.Ret.HDRS)
            .addRcptParameter(new MailAddress("bob@example.com"),
                DsnParameters.RecipientDsnParameters.of(new MailAddress("orig@example.org"))).build().orElseThrow());
        mail.addSpecificHeaderForRecipient(Header.builder().name("X-For").value("Bob").build(), new MailAddress("bob@example.com"));
        mail.setRemoteAddr("192.0.2.7");
        mail.setRemoteHost("mx.example");
        mail.setState(Mail.ERROR);
        mail.setErrorMessage("Why not.");
        mail.setLastUpdated(new Date(1_000_000));

        MailImpl back = roundTrip(mail, Mails.TEXT);

        assertThat(back.getName()).isEqualTo("mail-1");
        assertThat(back.getMaybeSender()).isEqualTo(mail.getMaybeSender());
        assertThat(back.getRecipients()).containsExactlyElementsOf(mail.getRecipients());
        assertThat(back.attributesMap()).isEqualTo(mail.attributesMap());
        assertThat(back.dsnParameters()).isEqualTo(mail.dsnParameters());
        assertThat(back.getPerRecipientSpecificHeaders()).isEqualTo(mail.getPerRecipientSpecificHeaders());
        assertThat(back.getRemoteAddr()).isEqualTo("192.0.2.7");
        assertThat(back.getRemoteHost()).isEqualTo("mx.example");
        assertThat(back.getState()).isEqualTo(Mail.ERROR);
        assertThat(back.getErrorMessage()).isEqualTo("Why not.");
        assertThat(back.getLastUpdated()).isEqualTo(new Date(1_000_000));
        assertThat(log.list).isEmpty();
    }

    @Test
    void shouldKeepTheNullSender() throws Exception {
        MailImpl mail = MailImpl.builder().name("bounce").addRecipient("bob@example.com").build();

        assertThat(roundTrip(mail, Mails.TEXT).getMaybeSender().isNullSender()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Subject: plain\r\n\r\nHello.\r\n",
        "Subject: no final line end\r\n\r\nHello",
        "Subject: no body\r\n\r\n",
        "no header at all",
        "Subject: bare\n\nline feeds\n",
        "Subject: \u00e4\u00f6\u00fc\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\u00e4\u00f6\u00fc\u0000\r\n",
        "X-Odd :space before colon\r\n\tfolded\r\nSubject: twice\r\nSubject: twice\r\n\r\n.\r\n..\r\n",
        "Content-Transfer-Encoding: base64\r\nSubject: short last line\r\n\r\nSGVsbG8gd29ybGQsIGhlbGxv\r\nIQ==\r\n",
        "Content-Transfer-Encoding: quoted-printable\r\nSubject: lower case\r\n\r\nna=c3=afve =\r\nline=20\r\n"
    })
    void shouldGiveEveryOctetBack(String text) throws Exception {
        MailImpl mail = Mails.mail("mail-1", text, "bob@example.com");
        String stored;
        try (InputStream in = StoredMail.octets(mail)) {
            stored = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
        assertThat(stored).isEqualTo(text);
        assertThat(Mails.octets(roundTrip(mail, stored))).isEqualTo(text);
    }

    @Test
    void shouldNotHoldAMessageOf100MegabytesOnTheHeap() throws Exception {
        long before = used();
        MimeMessageSource large = new MimeMessageSource() {
            @Override
            public String getSourceId() {
                return "large";
            }

            @Override
            public InputStream getInputStream() {
                return new ManyOctets(100L << 20);
            }
        };
        StoredHeader header = StoredMail.header(Mails.mail("mail-1", Mails.TEXT, "bob@example.com"));
        MailImpl mail = StoredMail.mail(header, large);
        try (InputStream in = StoredMail.octets(mail)) {
            in.transferTo(OutputStream.nullOutputStream());
            assertThat(used() - before).isLessThan(50L << 20);
        }
        mail.getMessage().writeTo(OutputStream.nullOutputStream());
        assertThat(used() - before).isLessThan(50L << 20);
    }

    @Test
    void shouldNameAnAttributeThatJamesCanNotWrite() throws Exception {
        MailImpl mail = Mails.mail("mail-1", Mails.TEXT, "bob@example.com");
        mail.setAttribute(attribute(OTHERS, AttributeValue.ofUnserializable(new Object())));

        assertThat(roundTrip(mail, Mails.TEXT).attributesMap()).isEmpty();
        assertThat(log.list).singleElement().satisfies(event ->
            assertThat(event.getFormattedMessage()).contains("mail-1").contains(OTHERS).doesNotContain("dane-only"));
    }

    @Test
    void shouldKeepAnAttributeThatCanNotBeReadBack() throws Exception {
        MailImpl mail = Mails.mail("mail-1", Mails.TEXT, "bob@example.com");
        StoredHeader header = with(StoredMail.header(mail), OTHERS, "{\"serializer\":\"org.example.Gone\",\"value\":{}}");

        StoredHeader stored = StoredHeader.decode(header.encode());
        assertThat(stored.attributes()).containsKey(OTHERS);
        MailImpl back = StoredMail.mail(stored, octets(Mails.TEXT));
        assertThat(back.attributesMap()).isEmpty();
        assertThat(PolicyDemand.of(back, Optional.empty())).isEmpty();
        assertThat(log.list).singleElement().satisfies(event ->
            assertThat(event.getFormattedMessage()).contains("mail-1").contains(OTHERS).contains("stays in the stored form"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"org.jamesdane.policy", "REQUIRETLS"})
    void shouldHoldMailWithADemandThatIsLostToDaneOnly(String name) throws Exception {
        MailImpl mail = Mails.mail("mail-1", Mails.TEXT, "bob@example.com");
        mail.setAttribute(attribute(PolicyDemand.ATTRIBUTE.asString(), AttributeValue.of("dane")));
        StoredHeader unreadable = with(StoredMail.header(mail), name, "{\"serializer\":\"org.example.Gone\",\"value\":{}}");
        mail.setAttribute(attribute(name, AttributeValue.ofUnserializable(new Object())));

        for (MailImpl back : List.of(roundTrip(mail, Mails.TEXT), StoredMail.mail(unreadable, octets(Mails.TEXT)))) {
            assertThat(PolicyDemand.of(back, Optional.empty()).map(PolicyDemand::policy)).contains(Policy.DANE_ONLY);
        }
        assertThat(log.list).allSatisfy(event -> assertThat(event.getFormattedMessage()).contains(name).contains("dane-only"));
    }

    private static MailImpl roundTrip(Mail mail, String text) throws Exception {
        return StoredMail.mail(StoredHeader.decode(StoredMail.header(mail).encode()), octets(text));
    }

    private static StoredHeader with(StoredHeader header, String name, String json) {
        TreeMap<String, String> attributes = new TreeMap<>(header.attributes());
        attributes.put(name, json);
        return new StoredHeader(header.name(), header.sender(), header.recipients(), header.origin(), header.status(),
            header.recipientHeaders(), attributes);
    }

    private static Attribute attribute(String name, AttributeValue<?> value) {
        return new Attribute(AttributeName.of(name), value);
    }

    private static MimeMessageSource octets(String text) {
        return new MimeMessageSource() {
            @Override
            public String getSourceId() {
                return "text";
            }

            @Override
            public InputStream getInputStream() {
                return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
            }
        };
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** A message of lines, made while it is read. */
    private static final class ManyOctets extends InputStream {
        private static final byte[] LINE = "Subject: x\r\n\r\n0123456789\r\n".getBytes(StandardCharsets.US_ASCII);
        private final long all;
        private long given;

        ManyOctets(long all) {
            this.all = all;
        }

        @Override
        public int read() throws IOException {
            return given == all ? -1 : LINE[(int) (given++ % LINE.length)];
        }

        @Override
        public int read(byte[] into, int from, int most) throws IOException {
            int number = (int) Math.min(all - given, most);
            for (int i = 0; i < number; i++) {
                into[from + i] = LINE[(int) (given++ % LINE.length)];
            }
            return number == 0 && most > 0 ? -1 : number;
        }
    }
}
