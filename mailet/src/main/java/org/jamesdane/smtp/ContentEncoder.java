/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

/**
 * Encodes a message as the octets that follow DATA, block by block. Every line ends in CRLF, every leading dot is doubled (RFC 5321
 * §4.5.2), and the end is marked once.
 *
 * <p>RFC 5321 §2.3.8: CR and LF are sent as CRLF only. Receivers exist that take {@code LF . LF} or {@code CR . CR} for the end of a
 * message. Neither CR nor LF leaves here alone, and only the last line is a lone dot. So these receivers find no other end than ours.
 */
final class ContentEncoder {
    private boolean atLineStart = true;
    private boolean afterCarriageReturn;

    /** The most octets that a block of so many can become. */
    static int capacityFor(int length) {
        return 2 * length;
    }

    /** Room for {@link #finish}. */
    static final int END_CAPACITY = 5;

    /**
     * Encodes the next block.
     *
     * @param target with room for {@link #capacityFor} octets
     * @return the number of octets written to the start of the target
     */
    int encode(byte[] source, int length, byte[] target) {
        int end = 0;
        int from = 0;
        while (from < length) {
            byte octet = source[from];
            if (octet == '\r' || octet == '\n') {
                // The LF of a CRLF whose CR has already become one.
                if (octet == '\r' || !afterCarriageReturn) {
                    target[end++] = '\r';
                    target[end++] = '\n';
                }
                afterCarriageReturn = octet == '\r';
                atLineStart = true;
                from++;
            } else {
                if (octet == '.' && atLineStart) {
                    target[end++] = '.';
                }
                int to = endOfLine(source, from + 1, length);
                System.arraycopy(source, from, target, end, to - from);
                end += to - from;
                from = to;
                afterCarriageReturn = false;
                atLineStart = false;
            }
        }
        return end;
    }

    private static int endOfLine(byte[] source, int from, int length) {
        int to = from;
        while (to < length && source[to] != '\r' && source[to] != '\n') {
            to++;
        }
        return to;
    }

    /**
     * Ends the last line and the content.
     *
     * @param target with room for {@link #END_CAPACITY} octets behind {@code start}
     * @return the index behind the last octet written
     */
    int finish(byte[] target, int start) {
        int end = start;
        if (!atLineStart) {
            target[end++] = '\r';
            target[end++] = '\n';
        }
        target[end++] = '.';
        target[end++] = '\r';
        target[end++] = '\n';
        return end;
    }
}
