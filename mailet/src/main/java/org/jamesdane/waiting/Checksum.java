/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32C;

/**
 * Number and checksum (CRC-32C) of the octets of a message.
 *
 * @param octets their number
 * @param crc their checksum, as 32 bits without a sign
 */
public record Checksum(long octets, long crc) {

    /** A stream that counts and sums what is read from it. */
    public static final class Reading extends FilterInputStream {
        private final CRC32C sum = new CRC32C();
        private long octets;

        /** Reads from another stream, and closes it when it is closed. */
        public Reading(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int octet = in.read();
            if (octet >= 0) {
                sum.update(octet);
                octets++;
            }
            return octet;
        }

        @Override
        public int read(byte[] into, int from, int most) throws IOException {
            int number = in.read(into, from, most);
            if (number > 0) {
                sum.update(into, from, number);
                octets += number;
            }
            return number;
        }

        /** Reads what is to be skipped: octets that are passed over would not be summed. */
        @Override
        public long skip(long number) throws IOException {
            byte[] passed = new byte[(int) Math.min(8192, Math.max(0, number))];
            return Math.max(0, read(passed, 0, passed.length));
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        /** The checksum of what has been read so far. */
        public Checksum checksum() {
            return new Checksum(octets, sum.getValue());
        }
    }
}
