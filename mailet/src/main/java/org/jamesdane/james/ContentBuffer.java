/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Buffer of a message's octets, which notes their number, 8-bit octets, NUL and long lines. Few octets stay in memory; more go to a
 * temporary file that only this user can read.
 */
final class ContentBuffer extends OutputStream {
    /** Up to this size a message is kept in memory, so that the usual mail costs no file. */
    static final int IN_MEMORY = 256 * 1024;
    /** Room to begin with, which the usual mail fits into. */
    private static final int USUAL = 8 * 1024;

    private @Nullable ByteArrayOutputStream memory;
    private @Nullable Path file;
    private OutputStream target;
    private long octets;
    private long addedForLineEnds;
    private boolean eightBit;
    private boolean nul;
    private int lineOctets;
    private boolean longLines;
    private int last = -1;

    ContentBuffer() {
        ByteArrayOutputStream first = new ByteArrayOutputStream(USUAL);
        memory = first;
        target = first;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] data, int offset, int length) throws IOException {
        note(data, offset, offset + length);
        ByteArrayOutputStream present = memory;
        if (present != null && present.size() + length > IN_MEMORY) {
            Path created = TemporaryFiles.own().create();
            file = created;
            target = new BufferedOutputStream(Files.newOutputStream(created));
            present.writeTo(target);
            memory = null;
        }
        target.write(data, offset, length);
    }

    /** Looks at each octet once, line by line. Variables of the method keep what is noted: fields would be written for each octet. */
    private void note(byte[] data, int from, int to) {
        int all = 0;
        boolean zero = false;
        int longest = 0;
        int line = lineOctets;
        int before = last;
        int added = 0;
        int i = from;
        while (i < to) {
            int start = i;
            while (i < to && data[i] != '\r' && data[i] != '\n') {
                all |= data[i];
                zero |= data[i] == 0;
                i++;
            }
            if (i > start) {
                // A bare CR is sent as CRLF (RFC 5321 §2.3.8).
                added += before == '\r' ? 1 : 0;
                line += i - start;
                longest = Math.max(longest, line);
                before = data[i - 1];
            }
            if (i < to) {
                byte end = data[i++];
                // So is a bare LF, and a CR before another one.
                added += (before == '\r') == (end == '\r') ? 1 : 0;
                line = 0;
                before = end;
            }
        }
        eightBit |= all < 0;
        nul |= zero;
        longLines |= Math.max(longest, line) > LineFolding.MAX_OCTETS;
        lineOctets = Math.min(line, LineFolding.MAX_OCTETS + 1);
        addedForLineEnds += added;
        octets += to - from;
        last = before;
    }

    /** All is written. */
    void finish() throws IOException {
        target.close();
    }

    /** The octets from the first one on. */
    InputStream read() throws IOException {
        ByteArrayOutputStream present = memory;
        Path stored = file;
        if (present != null) {
            return new ByteArrayInputStream(present.toByteArray());
        }
        if (stored == null) {
            throw new IOException("the message was released");
        }
        return new BufferedInputStream(Files.newInputStream(stored));
    }

    /** The size with every line ending as CRLF and a final one (RFC 1870 §6.1). */
    long sentOctets() {
        return octets + addedForLineEnds + (last == '\n' ? 0 : last == '\r' ? 1 : 2);
    }

    /** Tests whether there is an octet above 127. */
    boolean isEightBit() {
        return eightBit;
    }

    /** True if there is an octet of value zero. */
    boolean hasNul() {
        return nul;
    }

    /** True if a line is longer than SMTP provides for. */
    boolean hasLongLines() {
        return longLines;
    }

    /** Forgets the octets. */
    void delete() throws IOException {
        memory = null;
        target.close();
        Path stored = file;
        file = null;
        if (stored != null) {
            Files.deleteIfExists(stored);
        }
    }
}
