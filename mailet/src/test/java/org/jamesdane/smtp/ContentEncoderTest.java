/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentEncoderTest {

    /** The message as a receiver reads it: RFC 5321 §4.5.2, with CRLF as the only end of a line. */
    private static String receivedBy(String wire) {
        StringBuilder message = new StringBuilder();
        int start = 0;
        while (true) {
            int end = wire.indexOf("\r\n", start);
            String line = wire.substring(start, end);
            if (line.equals(".")) {
                assertThat(end + 2).as("octets behind the end of the message").isEqualTo(wire.length());
                return message.toString();
            }
            message.append(line.startsWith(".") ? line.substring(1) : line).append("\r\n");
            start = end + 2;
        }
    }

    private static String normalised(String message) {
        String lines = message.replaceAll("\r\n|\r|\n", "\r\n");
        return lines.isEmpty() || lines.endsWith("\r\n") ? lines : lines + "\r\n";
    }

    private static String encoded(String message, int blockLength) {
        ContentEncoder encoder = new ContentEncoder();
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        byte[] octets = message.getBytes(ISO_8859_1);
        for (int start = 0; start < octets.length; start += blockLength) {
            int length = Math.min(blockLength, octets.length - start);
            byte[] block = new byte[length];
            System.arraycopy(octets, start, block, 0, length);
            byte[] target = new byte[ContentEncoder.capacityFor(length)];
            wire.write(target, 0, encoder.encode(block, length, target));
        }
        byte[] target = new byte[ContentEncoder.END_CAPACITY];
        wire.write(target, 0, encoder.finish(target, 0));
        return wire.toString(ISO_8859_1);
    }

    @Provide
    Arbitrary<String> messages() {
        Arbitrary<String> anything = Arbitraries.chars().range('\0', '\u00ff').map(String::valueOf);
        Arbitrary<String> tricky = Arbitraries.of("\r", "\n", ".", "\r\n", "\r\n.", "\n.\n", "\r.\r", "\r\n.\n", "x", "QUIT\r\n");
        return Arbitraries.oneOf(tricky, anything, tricky).list().ofMaxSize(60).map(parts -> String.join("", parts));
    }

    @Property
    void shouldArriveAsItWasButForLineEndings(@ForAll("messages") String message) {
        assertThat(receivedBy(encoded(message, 4096))).isEqualTo(normalised(message));
    }

    @Property
    void shouldNotDependOnHowTheMessageIsCutIntoBlocks(@ForAll("messages") String message, @ForAll @IntRange(min = 1, max = 9) int length) {
        assertThat(encoded(message, length)).isEqualTo(encoded(message, 4096));
    }

    @Property
    void shouldNeverSendCrOrLfAlone(@ForAll("messages") String message) {
        assertThat(encoded(message, 4096).replace("\r\n", "")).doesNotContain("\r").doesNotContain("\n");
    }

    /** Receivers that accept a bare CR or LF for the end of a line must not find the end of the message any earlier. */
    @Property
    void shouldHideNoSecondMessageFromALenientReceiver(@ForAll("messages") String message) {
        String wire = encoded(message, 4096);
        List<String> lines = new ArrayList<>(List.of(wire.split("\r\n|\r|\n", -1)));
        assertThat(lines.indexOf(".")).isEqualTo(lines.size() - 2);
        assertThat(lines.get(lines.size() - 1)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n.\n", "\r.\r", "\r\n.\n", "\n.\r\n", "\r\n.\r", "\r.\r\n", "\r\n.\r\n", "\r\r\n.\r\r\n", ".\r\n", ".\n"})
    void shouldDefuseEveryWayToEndAMessage(String end) {
        String wire = encoded("Subject: a\r\n\r\nfirst" + end + "MAIL FROM:<mallory@example.org>\r\n", 4096);

        assertThat(wire.indexOf("\r\n.\r\n")).isEqualTo(wire.length() - 5);
    }

    @Test
    void shouldSendALoneDotForAnEmptyMessage() {
        assertThat(encoded("", 4096)).isEqualTo(".\r\n");
    }

    @Test
    void shouldEndTheLastLine() {
        assertThat(encoded("a", 4096)).isEqualTo("a\r\n.\r\n");
    }

    @Test
    void shouldKeepOctetsThatAreNoText() {
        assertThat(encoded("\0\u0080\u00ff\r\n", 4096)).isEqualTo("\0\u0080\u00ff\r\n.\r\n");
    }
}
