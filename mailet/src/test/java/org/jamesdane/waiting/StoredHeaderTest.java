/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StoredHeaderTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00.000000001Z");

    @Test
    void shouldBeReadByPeople() {
        assertThat(new String(header("mail-1", "a b").encode(), StandardCharsets.UTF_8)).startsWith("""
            mail 1
            name mail-1
            sender alice@sender.example
            recipient bob@example.com
            remote-host mx.example
            remote-address 192.0.2.7
            state error
            error a b
            updated 2026-11-01T12:00:00.000000001Z
            recipient-header bob@example.com X%0020For a b
            attribute a%0020b a b
            checksum\s""");
    }

    @Property(tries = 200)
    void shouldGiveAnyTextBack(@ForAll String name, @ForAll @Size(max = 3) Map<String, String> attributes) throws Exception {
        StoredHeader header = new StoredHeader(name, Optional.of(name), List.of(name, "bob@example.com"),
            new StoredHeader.Origin(name, name), new StoredHeader.Status(name, Optional.of(name), NOON),
            List.of(new StoredHeader.RecipientHeader(name, name, name)), new TreeMap<>(attributes));

        assertThat(StoredHeader.decode(header.encode())).isEqualTo(header);
    }

    @Test
    void shouldKnowEveryChangedOctet() {
        byte[] octets = header("mail-1", "text").encode();
        for (int i = 0; i < octets.length; i++) {
            byte[] changed = octets.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> StoredHeader.decode(changed)).isInstanceOf(DamagedMailException.class);
        }
        for (int length = 0; length < octets.length; length++) {
            byte[] cut = Arrays.copyOf(octets, length);
            assertThatThrownBy(() -> StoredHeader.decode(cut)).isInstanceOf(DamagedMailException.class);
        }
    }

    @Test
    void shouldPassOverKindsOfLinesThatItDoesNotKnow() throws Exception {
        String text = new String(header("mail-1", "text").encode(), StandardCharsets.UTF_8);
        String newer = text.substring(0, text.indexOf("checksum ")) + "colour blue\n";

        assertThat(StoredHeader.decode(summed(newer))).isEqualTo(header("mail-1", "text"));
    }

    @Test
    void shouldSayOfWhichFormItIsThatCanNotBeRead() {
        assertThatThrownBy(() -> StoredHeader.decode(summed("mail 2\nname x\n"))).isInstanceOf(DamagedMailException.class)
            .hasMessageContaining("mail 2");
        assertThatThrownBy(() -> StoredHeader.decode(summed("mail 1\nname x\n"))).hasMessageContaining("remote-host");
    }

    @Test
    void shouldSumWhatIsReadInWhateverWay() throws Exception {
        byte[] octets = "0123456789".getBytes(StandardCharsets.US_ASCII);
        CRC32C sum = new CRC32C();
        sum.update(octets);
        try (Checksum.Reading reading = new Checksum.Reading(new ByteArrayInputStream(octets))) {
            assertThat(reading.read()).isEqualTo('0');
            assertThat(reading.skip(2)).isEqualTo(2);
            assertThat(reading.readAllBytes()).hasSize(7);
            assertThat(reading.checksum()).isEqualTo(new Checksum(10, sum.getValue()));
        }
    }

    private static byte[] summed(String lines) {
        CRC32C sum = new CRC32C();
        sum.update(lines.getBytes(StandardCharsets.UTF_8));
        return (lines + String.format("checksum %08x%n", sum.getValue())).replace("\r", "").getBytes(StandardCharsets.UTF_8);
    }

    private static StoredHeader header(String name, String text) {
        return new StoredHeader(name, Optional.of("alice@sender.example"), List.of("bob@example.com"),
            new StoredHeader.Origin("mx.example", "192.0.2.7"), new StoredHeader.Status("error", Optional.of(text), NOON),
            List.of(new StoredHeader.RecipientHeader("bob@example.com", "X For", text)), new TreeMap<>(Map.of("a b", text)));
    }
}
