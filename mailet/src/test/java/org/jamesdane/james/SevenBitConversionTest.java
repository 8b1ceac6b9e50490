/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.Base64;
import java.util.Collections;
import java.util.List;

import org.apache.james.mime4j.MimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("StringConcatToTextBlock") // The octets are the matter here: which line ends, and blanks before them.
class SevenBitConversionTest {
    private static final String LABEL = "Content-Transfer-Encoding: 8bit\n";

    private boolean changed;

    private String convert(String message) throws IOException, MimeException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        changed = SevenBitConversion.convert(new ByteArrayInputStream(message.replace("\n", "\r\n").getBytes(ISO_8859_1)), out);
        return out.toString(ISO_8859_1).replace("\r\n", "\n");
    }

    @Test
    void shouldEncodeLabelledTextAsQuotedPrintable() throws Exception {
        assertThat(convert("Subject: x\nContent-Type: text/plain; charset=iso-8859-1\ncontent-transfer-encoding: 8BIT\nX: y\n\n"
            + "caf\u00e9 \n.\n"))
            .isEqualTo("Subject: x\nContent-Type: text/plain; charset=iso-8859-1\ncontent-transfer-encoding: quoted-printable\nX: y\n"
                + "X-MIME-Autoconverted: from 8bit to quoted-printable\n\ncaf=E9=20\n=2E\n");
        assertThat(changed).isTrue();
    }

    @Test
    void shouldEncodeWhatIsNoTextAsBase64() throws Exception {
        String converted = convert("Content-Type: image/png\nContent-Transfer-Encoding: binary\n\n\u0089PNG\n\u00ff");
        assertThat(converted).contains("Content-Transfer-Encoding: base64\n");
        assertThat(new String(Base64.getMimeDecoder().decode(converted.substring(converted.indexOf("\n\n"))), ISO_8859_1))
            .isEqualTo("\u0089PNG\r\n\u00ff");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        // Nobody says what the octets are.
        "Subject: x\n\ncaf\u00e9\n",
        "Content-Type: text/plain; charset=utf-8\n\ncaf\u00e9\n",
        "Content-Transfer-Encoding: 7bit\n\ncaf\u00e9\n",
        "Content-Transfer-Encoding: quoted-printable\n\ncaf\u00e9\n",
        "Content-Transfer-Encoding: x-odd\n\ncaf\u00e9\n",
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nX: y\n\ncaf\u00e9\n--b--\n",
        // RFC 2046 §5.2.1: a nested message has no encoding of its own.
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n\nContent-Transfer-Encoding: 8bit\n\ncaf\u00e9\n",
        // RFC 1847 §2.1: what is signed or encrypted stays as it is.
        "Content-Type: multipart/signed; boundary=b; micalg=x\nContent-Transfer-Encoding: 8bit\n\npre\n--b  \n"
            + "Content-Transfer-Encoding: 8bit\n\ncaf\u00e9\n--b\nContent-Type: application/pgp-signature\n\nxx\n--b--\nafter\n",
        "Content-Type: Multipart/Encrypted; boundary=b\n\n--b\nContent-Transfer-Encoding: 8bit\n\ncaf\u00e9\n--b--\n",
        "Content-Type: multipart/mixed\nContent-Transfer-Encoding: 8bit\n\n--b\nContent-Transfer-Encoding: 8bit\n\ncaf\u00e9\n--b--\n",
        "Subject: caf\u00e9\n\nplain\n",
        "Subject: x\nContent-Transfer-Encoding: base64\n\nAAAA\n"})
    void shouldLeaveAsItIsWhatCannotBeConverted(String message) throws Exception {
        assertThat(convert(message).strip()).isEqualTo(message.strip());
        assertThat(changed).isFalse();
    }

    @Test
    void shouldConvertEachPartByItsOwnLabel() throws Exception {
        String signed = "Content-Type: multipart/signed; boundary=\"s s\"\n\n--s s\n" + LABEL + "\n\u00e9\n\n--s s\n\n--s s--\n";
        assertThat(convert("Subject: x\nContent-Type: multipart/mixed; boundary=\"=b\"\n" + LABEL + "\nThis is\n\n--=b\n" + signed
            + "\n--=b\n" + LABEL + "\n\u00e8=\n--=b\nX: y\n\n\u00e7\n--=b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n" + LABEL
            + "\n\u00ea\n\n--c--\n--=b--\nThe end\n"))
            .isEqualTo("Subject: x\nContent-Type: multipart/mixed; boundary=\"=b\"\n" + LABEL + "\nThis is\n\n--=b\n" + signed
                + "\n--=b\nContent-Transfer-Encoding: quoted-printable\nX-MIME-Autoconverted: from 8bit to quoted-printable\n\n=E8=3D\n"
                + "--=b\nX: y\n\n\u00e7\n--=b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n"
                + "Content-Transfer-Encoding: quoted-printable\nX-MIME-Autoconverted: from 8bit to quoted-printable\n\n=EA\n\n--c--\n"
                + "--=b--\nThe end\n");
        assertThat(changed).isTrue();
    }

    @Test
    void shouldKeepFoldedFieldsAsTheyAre() throws Exception {
        assertThat(convert("To: a,\n\tb\n" + LABEL + "X:  y \n\n\u00e9\n"))
            .startsWith("To: a,\n\tb\nContent-Transfer-Encoding: quoted-printable\nX:  y \n");
    }

    @Test
    void shouldNotLookDeeperThanItsLimit() throws Exception {
        StringBuilder message = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            message.append("Content-Type: multipart/mixed; boundary=b").append(i).append("x\n\n--b").append(i).append("x\n");
        }
        message.append(LABEL).append("\n\u00e9\n");
        for (int i = 4_999; i >= 0; i--) {
            message.append("--b").append(i).append("x--\n");
        }
        assertThat(convert(message.toString()).strip()).isEqualTo(message.toString().strip());
        assertThat(changed).isFalse();
    }

    @Test
    void shouldRefuseAHeaderWithoutEnd() {
        assertThatThrownBy(() -> convert("X: y\n".repeat(100_000) + "\n")).isInstanceOf(MimeException.class);
        assertThatThrownBy(() -> convert("X: " + "y".repeat(1_000_000) + "\n\n")).isInstanceOf(MimeException.class);
    }

    @Test
    void shouldRefuseAPartWithoutHeader() {
        assertThatThrownBy(() -> convert("Content-Type: multipart/mixed; boundary=b\n\n--b\n\ncaf\u00e9\n--b--\n"))
            .isInstanceOf(MimeException.class);
    }

    @Test
    void shouldRefuseAMultipartWithoutEnd() {
        assertThatThrownBy(() -> convert("Content-Type: multipart/mixed; boundary=b\n\n--b\n" + LABEL + "\n\u00e9\n"))
            .isInstanceOf(MimeException.class);
    }

    /** 400 MB, more than the heap of the tests could hold several times. */
    @Test
    void shouldStreamALargeMessage() throws Exception {
        byte[] block = "0123456789\u00e9\r\n".repeat(5_000).getBytes(ISO_8859_1);
        InputStream body = new SequenceInputStream(Collections.enumeration(Collections.nCopies(500, block).stream()
            .<InputStream>map(ByteArrayInputStream::new).toList()));
        long[] octets = new long[1];
        OutputStream counting = new OutputStream() {
            @Override
            public void write(int octet) {
                octets[0]++;
            }

            @Override
            public void write(byte[] data, int offset, int length) {
                octets[0] += length;
            }
        };
        InputStream message = new SequenceInputStream(Collections.enumeration(List.of(
            new ByteArrayInputStream("Content-Transfer-Encoding: 8bit\r\n\r\n".getBytes(ISO_8859_1)), body)));

        assertThat(SevenBitConversion.convert(message, counting)).isTrue();
        assertThat(octets[0]).isGreaterThan(500L * 5_000 * 14);
    }
}
