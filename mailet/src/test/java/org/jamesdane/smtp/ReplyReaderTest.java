/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyReaderTest {

    private static ReplyReader reader(String octets) {
        return new ReplyReader(new ByteArrayInputStream(octets.getBytes(ISO_8859_1)));
    }

    @Test
    void shouldReadAReplyOfOneLine() throws IOException {
        assertThat(reader("250 2.1.0 Ok\r\n").read()).isEqualTo(new SmtpReply(250, List.of("2.1.0 Ok")));
    }

    @Test
    void shouldReadAReplyOfManyLines() throws IOException {
        assertThat(reader("250-mx.example\r\n250-SIZE 10\r\n250 DSN\r\n").read())
            .isEqualTo(new SmtpReply(250, List.of("mx.example", "SIZE 10", "DSN")));
    }

    @Test
    void shouldNotTakeCarriageReturnsBeforeTheEndOfALineForItsText() throws IOException {
        assertThat(reader("250-mx.example\r\r\n250 STARTTLS\r\r\r\n").read())
            .isEqualTo(new SmtpReply(250, List.of("mx.example", "STARTTLS")));
        assertThat(reader("250\r\r\n").read()).isEqualTo(new SmtpReply(250, List.of("")));
    }

    @Test
    void shouldAcceptACodeWithoutText() throws IOException {
        // RFC 5321 §4.2: a client should accept a code alone.
        assertThat(reader("354\r\n").read()).isEqualTo(new SmtpReply(354, List.of("")));
    }

    @Test
    void shouldReadOneReplyAfterTheOtherAndNothingElse() throws IOException {
        ReplyReader reader = reader("250 a\r\n550-b\r\n550 c\r\n354 d\r\n");

        assertThat(reader.read().code()).isEqualTo(250);
        assertThat(reader.read()).isEqualTo(new SmtpReply(550, List.of("b", "c")));
        assertThat(reader.hasUnread()).isTrue();
        assertThat(reader.read().code()).isEqualTo(354);
        assertThat(reader.hasUnread()).isFalse();
    }

    @Test
    void shouldReadAReplyThatComesOctetByOctet() throws IOException {
        InputStream slow = new ByteArrayInputStream("250-a\r\n250 b\r\n".getBytes(ISO_8859_1)) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, 1);
            }
        };

        assertThat(new ReplyReader(slow).read()).isEqualTo(new SmtpReply(250, List.of("a", "b")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "250", "250 a", "250-a\r\n"})
    void shouldSayThatTheConnectionEndedInsideOfAReply(String octets) {
        assertThatThrownBy(() -> reader(octets).read()).isInstanceOf(EOFException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "hello\r\n", "25 a\r\n", "2500 a\r\n", "150 a\r\n", "650 a\r\n", "250\ta\r\n", " 250 a\r\n",
        "HTTP/1.1 400 Bad\r\n",
        "\u0015\u0003\u0001\0\n", "٢٥٠ a\r\n"})
    void shouldRefuseWhatIsNoReply(String line) {
        assertThatThrownBy(() -> new ReplyReader(new ByteArrayInputStream(line.getBytes(UTF_8))).read())
            .isInstanceOf(ReplyReader.MalformedReplyException.class);
    }

    @Test
    void shouldRefuseAReplyThatChangesItsCode() {
        // RFC 5321 §4.2.1: all lines of a reply have the same code.
        assertThatThrownBy(() -> reader("550-no\r\n250 yes\r\n").read())
            .isInstanceOf(ReplyReader.MalformedReplyException.class).hasMessageContaining("from 550 to 250");
    }

    @Test
    void shouldRefuseALineWithoutEnd() {
        assertThatThrownBy(() -> new ReplyReader(new Endless("250 aaaaaaaaaaaaaaaa")).read())
            .isInstanceOf(ReplyReader.MalformedReplyException.class).hasMessageContaining("2048 octets");
    }

    @Test
    void shouldRefuseAReplyWithoutEnd() {
        assertThatThrownBy(() -> new ReplyReader(new Endless("250-a\r\n")).read())
            .isInstanceOf(ReplyReader.MalformedReplyException.class).hasMessageContaining("128 lines");
    }

    @Test
    void shouldRefuseAReplyOfTooManyOctets() {
        assertThatThrownBy(() -> new ReplyReader(new Endless("250-" + "a".repeat(1500) + "\r\n")).read())
            .isInstanceOf(ReplyReader.MalformedReplyException.class).hasMessageContaining("32768 octets");
    }

    @Test
    void shouldNotLetTextForgeALineOfALog() throws IOException {
        assertThat(reader("550 a\rb\0c\u001b[2Jd\t\u0007\r\n").read().text()).isEqualTo("a?b?c?[2Jd ?");
    }

    @Test
    void shouldNotLetTextHideOrReverseWhatStandsAroundIt() throws IOException {
        byte[] octets = "550 a\u202eb\u2028c\u200bd\r\n".getBytes(UTF_8);

        assertThat(new ReplyReader(new ByteArrayInputStream(octets)).read().text()).isEqualTo("a?b?c?d");
    }

    @Test
    void shouldReadTextOutsideOfAscii() throws IOException {
        byte[] octets = "550 5.1.1 Größe\r\n".getBytes(UTF_8);

        assertThat(new ReplyReader(new ByteArrayInputStream(octets)).read().text()).isEqualTo("5.1.1 Größe");
    }

    @Property
    void shouldEndOnAnyInput(@ForAll @Size(max = 300) byte[] octets) {
        ReplyReader reader = new ReplyReader(new ByteArrayInputStream(octets));
        assertThatThrownBy(() -> {
            while (true) {
                assertThat(reader.read().text()).doesNotContain("\r").doesNotContain("\n").doesNotContain("\0");
            }
        }).isInstanceOf(IOException.class);
    }

    /** A peer that says the same for ever. */
    private static final class Endless extends InputStream {
        private final byte[] octets;
        private int next;

        Endless(String text) {
            octets = text.getBytes(ISO_8859_1);
        }

        @Override
        public int read() {
            return octets[next++ % octets.length];
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            for (int i = 0; i < length; i++) {
                target[offset + i] = (byte) read();
            }
            return length;
        }
    }
}
