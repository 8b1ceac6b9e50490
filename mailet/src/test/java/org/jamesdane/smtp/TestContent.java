/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.io.ByteArrayInputStream;
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

    private TestContent(byte[] piece, int times) {
        this.piece = piece;
        this.times = times;
    }

    /** One character for each octet. */
    static TestContent of(String octets) {
        return new TestContent(octets.getBytes(StandardCharsets.ISO_8859_1), 1);
    }

    /** That many copies of it one behind the other. */
    static TestContent repeated(String octets, int times) {
        return new TestContent(octets.getBytes(StandardCharsets.ISO_8859_1), times);
    }

    @Override
    public InputStream open() {
        List<InputStream> pieces = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            pieces.add(new ByteArrayInputStream(piece));
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
}
