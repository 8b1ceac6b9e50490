/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

import javax.mail.MessagingException;
import javax.mail.internet.MimeMessage;

import com.google.common.io.FileBackedOutputStream;
import org.jamesdane.smtp.MessageContent;

/** A message written out once, in memory if it is small and in a temporary file if it is not. */
final class JamesContent implements MessageContent, AutoCloseable {
    /** Up to this size a message is kept in memory, so that the usual mail costs no file. */
    private static final int IN_MEMORY = 256 * 1024;
    /** What never leaves: the blind copies, and a length that would be wrong after a conversion. RemoteDelivery does the same. */
    private static final String[] LEFT_OUT = {"Bcc", "Content-Length"};

    private final FileBackedOutputStream octets;
    private final Measure measure;

    private JamesContent(FileBackedOutputStream octets, Measure measure) {
        this.octets = octets;
        this.measure = measure;
    }

    /** The message as it stands, without the headers that must not leave. */
    static JamesContent of(MimeMessage message) throws IOException, MessagingException {
        FileBackedOutputStream octets = new FileBackedOutputStream(IN_MEMORY);
        try (Measure measure = new Measure(octets)) {
            message.writeTo(measure, LEFT_OUT);
            return new JamesContent(octets, measure);
        } catch (IOException | MessagingException | RuntimeException e) {
            octets.reset();
            throw e;
        }
    }

    @Override
    public InputStream open() throws IOException {
        return octets.asByteSource().openBufferedStream();
    }

    @Override
    public long size() {
        return measure.sentOctets();
    }

    @Override
    public boolean eightBit() {
        return measure.eightBit;
    }

    /** Gives the memory or the file back. */
    @Override
    public void close() throws IOException {
        octets.reset();
    }

    /** Notes what a sender has to know of the octets that pass. */
    private static final class Measure extends FilterOutputStream {
        private long octets;
        private long addedForLineEnds;
        private boolean eightBit;
        private int last = -1;

        Measure(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int octet) throws IOException {
            note(octet & 0xff);
            out.write(octet);
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            for (int i = offset; i < offset + length; i++) {
                note(data[i] & 0xff);
            }
            out.write(data, offset, length);
        }

        private void note(int octet) {
            eightBit |= octet > 0x7f;
            boolean pairComplete = last == '\r' && octet == '\n';
            if ((last == '\r' || octet == '\n') && !pairComplete) {
                // A bare CR or LF is sent as CRLF (RFC 5321 §2.3.8).
                addedForLineEnds++;
            }
            octets++;
            last = octet;
        }

        /** The size with every line ending as CRLF and a final one (RFC 1870 §6.1). */
        long sentOctets() {
            return octets + addedForLineEnds + (last == '\n' ? 0 : last == '\r' ? 1 : 2);
        }
    }
}
