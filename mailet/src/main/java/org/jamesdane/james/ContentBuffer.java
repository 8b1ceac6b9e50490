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
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        memory = first;
        target = first;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] data, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            note(data[i] & 0xff);
        }
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

    private void note(int octet) {
        eightBit |= octet > 0x7f;
        nul |= octet == 0;
        lineOctets = octet == '\r' || octet == '\n' ? 0 : Math.min(lineOctets + 1, LineFolding.MAX_OCTETS + 1);
        longLines |= lineOctets > LineFolding.MAX_OCTETS;
        boolean pairComplete = last == '\r' && octet == '\n';
        if ((last == '\r' || octet == '\n') && !pairComplete) {
            // A bare CR or LF is sent as CRLF (RFC 5321 §2.3.8).
            addedForLineEnds++;
        }
        octets++;
        last = octet;
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
