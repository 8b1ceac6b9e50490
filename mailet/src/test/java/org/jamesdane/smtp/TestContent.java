/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Messages out of memory; a long one is a short piece again and again. */
final class TestContent implements MessageContent {
    private final byte[] piece;
    private final int times;
    private final boolean breaks;

    private TestContent(String piece, int times, boolean breaks) {
        this.piece = piece.getBytes(StandardCharsets.ISO_8859_1);
        this.times = times;
        this.breaks = breaks;
    }

    /** One character for each octet. */
    static TestContent of(String octets) {
        return new TestContent(octets, 1, false);
    }

    /** That many copies of it one behind the other. */
    static TestContent repeated(String octets, int times) {
        return new TestContent(octets, times, false);
    }

    /** A message that can be read up to its last octet, and there fails. */
    static TestContent thatBreaksBehind(String octets) {
        return new TestContent(octets, 1, true);
    }

    @Override
    public InputStream open() {
        List<InputStream> pieces = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            pieces.add(new ByteArrayInputStream(piece));
        }
        if (breaks) {
            pieces.add(new BrokenStream());
        }
        return new SequenceInputStream(Collections.enumeration(pieces));
    }

    @Override
    public long size() {
        return (long) piece.length * times;
    }

    @Override
    public boolean eightBit() {
        for (byte octet : piece) {
            if (octet < 0) {
                return true;
            }
        }
        return false;
    }

    private static final class BrokenStream extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("the disk is gone");
        }
    }
}
