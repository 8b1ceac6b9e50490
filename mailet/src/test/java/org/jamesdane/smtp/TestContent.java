/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A message for tests, one character for each octet. */
final class TestContent implements MessageContent {
    private final byte[] octets;
    private final boolean breaks;

    private TestContent(String text, boolean breaks) {
        this.octets = text.getBytes(ISO_8859_1);
        this.breaks = breaks;
    }

    static TestContent of(String text) {
        return new TestContent(text, false);
    }

    /** A message that can be read up to its last octet, and there fails. */
    static TestContent thatBreaksBehind(String text) {
        return new TestContent(text, true);
    }

    @Override
    public InputStream open() {
        return breaks ? new BreakingStream() : new ByteArrayInputStream(octets);
    }

    @Override
    public long size() {
        return octets.length;
    }

    @Override
    public boolean eightBit() {
        for (byte octet : octets) {
            if (octet < 0) {
                return true;
            }
        }
        return false;
    }

    private final class BreakingStream extends InputStream {
        private int next;

        @Override
        public int read() throws IOException {
            if (next == octets.length) {
                throw new IOException("the disk is gone");
            }
            return octets[next++] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            target[offset] = (byte) read();
            return 1;
        }
    }
}
