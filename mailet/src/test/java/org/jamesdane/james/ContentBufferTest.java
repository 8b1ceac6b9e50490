/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentBufferTest {
    @ParameterizedTest
    @CsvSource({"a\\r\\nb\\r\\n,6", "a\\nb\\n,6", "a\\rb,6", "a,3", "a\\r,3", "'',2", "\\r\\r\\n,4"})
    void shouldForeseeTheSizeOnTheWire(String text, long size) throws IOException {
        ContentBuffer spool = spool(text.replace("\\r", "\r").replace("\\n", "\n"));

        assertThat(spool.sentOctets()).isEqualTo(size);
    }

    @Test
    void shouldSeeEightBits() throws IOException {
        assertThat(spool("caf\u00e9").isEightBit()).isTrue();
        assertThat(spool("cafe").isEightBit()).isFalse();
    }

    @Test
    void shouldSeeNulAndLongLines() throws IOException {
        assertThat(spool("a\0b").hasNul()).isTrue();
        assertThat(spool("a b").hasNul()).isFalse();
        assertThat(spool("x".repeat(998) + "\r\ny").hasLongLines()).isFalse();
        assertThat(spool("a\n" + "x".repeat(999) + "\r\ny").hasLongLines()).isTrue();
    }

    @Provide
    Arbitrary<String> messages() {
        return Arbitraries.of("\r", "\n", "\r\n", "x", "\0", "\u00e9", "\u00ff", "x".repeat(997), "y".repeat(998))
            .list().ofMaxSize(12).map(parts -> String.join("", parts));
    }

    /** The same by whole strings: RFC 5321 §2.3.8 and §4.5.3.1.6. */
    @Property
    void shouldNoteTheSameHoweverAMessageIsCut(@ForAll("messages") String message, @ForAll @IntRange(min = 1, max = 1200) int length)
            throws IOException {
        ContentBuffer spool = new ContentBuffer();
        for (int start = 0; start < message.length(); start += length) {
            spool.write(message.getBytes(ISO_8859_1), start, Math.min(length, message.length() - start));
        }
        spool.finish();

        String sent = message.replaceAll("\r\n|\r|\n", "\r\n");
        assertThat(spool.sentOctets()).isEqualTo(sent.length() + (sent.endsWith("\r\n") ? 0 : 2));
        assertThat(spool.isEightBit()).isEqualTo(message.chars().anyMatch(octet -> octet > 0x7f));
        assertThat(spool.hasNul()).isEqualTo(message.contains("\0"));
        assertThat(spool.hasLongLines()).isEqualTo(Stream.of(sent.split("\r\n")).anyMatch(line -> line.length() > 998));
        assertThat(spool.read().readAllBytes()).isEqualTo(message.getBytes(ISO_8859_1));
    }

    @Test
    void shouldKeepALargeMessageInAFileForTheOwnerAloneAndDeleteIt() throws IOException {
        List<Path> before = files();
        ContentBuffer spool = spool("x".repeat(ContentBuffer.IN_MEMORY) + "y");
        List<Path> created = files().stream().filter(file -> !before.contains(file)).toList();

        assertThat(created).hasSize(1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(created.get(0)))).isEqualTo("rw-------");
        try (InputStream in = spool.read()) {
            assertThat(in.readAllBytes()).hasSize(ContentBuffer.IN_MEMORY + 1).endsWith('y');
        }
        spool.delete();
        assertThat(created.get(0)).doesNotExist();
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().endsWith(".eml")).toList();
        }
    }

    private static ContentBuffer spool(String text) throws IOException {
        ContentBuffer spool = new ContentBuffer();
        spool.write(text.getBytes(ISO_8859_1));
        spool.finish();
        return spool;
    }
}
