/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * A file with one mail: a line with the header's length, the header, the message's octets, and a line with their number and checksum.
 *
 * @param disk the disk it is on
 * @param path its path
 * @param header everything but the message
 * @param from the offset of the message in the file
 * @param octets number and checksum that the message should have; a negative number if the last line is missing
 */
public record MailFile(Disk disk, Path path, StoredHeader header, long from, Checksum octets) {
    private static final String FIRST = "james-dane mail 1 ";
    private static final int FIRST_LENGTH = FIRST.length() + 9;
    private static final String LAST = "\nend ";
    private static final int LAST_LENGTH = LAST.length() + 16 + 1 + 8 + 1;
    private static final int AT_ONCE = 64 << 10;
    private static final HexFormat HEX = HexFormat.of();

    /** Writes a mail and waits until it is on the disk; its name is not yet. */
    static void write(Disk.Created file, byte[] header, InputStream message) throws IOException {
        if (header.length > StoredHeader.MAX_OCTETS) {
            throw new IOException("The header of the mail has " + header.length + " octets, more than can be stored");
        }
        OutputStream out = file.out();
        byte[] buffer = new byte[Math.max(8192, Math.min(AT_ONCE, FIRST_LENGTH + header.length + 8192))];
        byte[] first = (FIRST + HEX.toHexDigits(header.length) + '\n').getBytes(StandardCharsets.US_ASCII);
        int filled = first.length;
        System.arraycopy(first, 0, buffer, 0, first.length);
        if (first.length + header.length <= buffer.length) {
            System.arraycopy(header, 0, buffer, filled, header.length);
            filled += header.length;
        } else {
            out.write(buffer, 0, filled);
            out.write(header);
            filled = 0;
        }
        Checksum.Reading reading = new Checksum.Reading(message);
        // Most mails are small: one write takes all of it.
        for (int read = 0; read >= 0; read = reading.read(buffer, filled, buffer.length - filled)) {
            filled += read;
            if (filled == buffer.length) {
                out.write(buffer, 0, filled);
                filled = 0;
            }
        }
        Checksum sum = reading.checksum();
        out.write(buffer, 0, filled);
        out.write((LAST + HEX.toHexDigits(sum.octets()) + ' ' + HEX.toHexDigits((int) sum.crc()) + '\n')
            .getBytes(StandardCharsets.US_ASCII));
        file.sync();
    }

    /**
     * Reads the header of a mail, and where its message lies.
     *
     * @throws DamagedMailException if the header or the last line are not those that were written
     */
    static MailFile read(Disk disk, Path path) throws IOException, DamagedMailException {
        long size = disk.size(path);
        StoredHeader header;
        long from;
        try (InputStream in = disk.open(path, 0)) {
            String first = new String(in.readNBytes(FIRST_LENGTH), StandardCharsets.ISO_8859_1);
            if (!first.startsWith(FIRST) || !first.endsWith("\n") || first.length() != FIRST_LENGTH) {
                throw new DamagedMailException("it does not begin as a stored mail does");
            }
            int length = number(first.substring(FIRST.length(), FIRST_LENGTH - 1));
            if (length < 0 || length > Math.min(StoredHeader.MAX_OCTETS, size)) {
                throw new DamagedMailException("its header can't be of " + length + " octets");
            }
            header = StoredHeader.decode(in.readNBytes(length));
            from = FIRST_LENGTH + (long) length;
        }
        if (size < from + LAST_LENGTH) {
            return new MailFile(disk, path, header, from, new Checksum(-1, 0));
        }
        try (InputStream in = disk.open(path, size - LAST_LENGTH)) {
            String last = new String(in.readNBytes(LAST_LENGTH), StandardCharsets.ISO_8859_1);
            long octets = size - LAST_LENGTH - from;
            return last.startsWith(LAST + HEX.toHexDigits(octets) + ' ') && last.endsWith("\n")
                ? new MailFile(disk, path, header, from, new Checksum(octets, number(last.substring(LAST_LENGTH - 9, LAST_LENGTH - 1))
                    & 0xffffffffL))
                : new MailFile(disk, path, header, from, new Checksum(-1, 0));
        }
    }

    /** Reads a mail whose header was replaced that often; the newest is in a small file. */
    static MailFile read(Disk disk, Path mail, int generation, Path small) throws IOException, DamagedMailException {
        MailFile file = read(disk, mail);
        if (generation == 0) {
            return file;
        }
        try (InputStream in = disk.open(small, 0)) {
            return file.with(StoredHeader.decode(in.readNBytes(StoredHeader.MAX_OCTETS + 1)));
        }
    }

    private static int number(String hex) throws DamagedMailException {
        try {
            return HexFormat.fromHexDigits(hex);
        } catch (IllegalArgumentException e) {
            throw new DamagedMailException("it has \"" + hex + "\" in place of a number");
        }
    }

    /** The same message with a header that was written later. */
    MailFile with(StoredHeader newer) {
        return new MailFile(disk, path, newer, from, octets);
    }

    /**
     * Reads the whole message once.
     *
     * @throws DamagedMailException if it is not what was written
     */
    public void verify() throws IOException, DamagedMailException {
        if (octets.octets() < 0) {
            throw new DamagedMailException("its end is missing");
        }
        try (Checksum.Reading in = new Checksum.Reading(open())) {
            in.transferTo(OutputStream.nullOutputStream());
            if (!in.checksum().equals(octets)) {
                throw new DamagedMailException("the checksum of its message is wrong");
            }
        }
    }

    /** The octets of the message. */
    public InputStream open() throws IOException {
        return new Limited(disk.open(path, from), octets.octets());
    }

    /** The first octets of a stream. */
    private static final class Limited extends FilterInputStream {
        private long left;

        Limited(InputStream in, long most) {
            super(in);
            this.left = most;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int most) throws IOException {
            if (left <= 0) {
                return most == 0 ? 0 : -1;
            }
            int number = in.read(into, from, (int) Math.min(left, most));
            left -= Math.max(0, number);
            return number;
        }

        @Override
        public long skip(long number) throws IOException {
            long passed = in.skip(Math.max(0, Math.min(left, number)));
            left -= passed;
            return passed;
        }

        @Override
        public int available() throws IOException {
            return (int) Math.min(left, in.available());
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
