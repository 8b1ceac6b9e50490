/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A TXT record (RFC 1035 §3.3.14): strings of octets in an order that counts. */
public final class TxtRecord implements DnsRecord {
    /** Octets of all strings together. Those of mail fit in a few hundred; a longer one is nobody's policy. */
    public static final int MAX_OCTETS = 4096;

    private static final int SHOWN_OCTETS = 256;

    private final List<byte[]> strings;

    /**
     * Takes the strings as they are in the record.
     *
     * @throws IllegalArgumentException if they have more than {@link #MAX_OCTETS} octets together
     */
    public TxtRecord(List<byte[]> strings) {
        this.strings = strings.stream().map(byte[]::clone).toList();
        int octets = this.strings.stream().mapToInt(string -> string.length).sum();
        if (octets > MAX_OCTETS) {
            throw new IllegalArgumentException("A TXT record has " + octets + " octets, at most " + MAX_OCTETS + " are taken");
        }
    }

    /** Copies of the strings. */
    public List<byte[]> strings() {
        return strings.stream().map(byte[]::clone).toList();
    }

    /** The strings one after the other, with nothing in between (RFC 8461 §3.1, RFC 8460 §3). */
    public byte[] octets() {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        strings.forEach(octets::writeBytes);
        return octets.toByteArray();
    }

    /** The same as text, one character for each octet, so that what is not ASCII stays seen and is never taken for ASCII. */
    public String text() {
        return new String(octets(), StandardCharsets.ISO_8859_1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TxtRecord that && encoded().equals(that.encoded());
    }

    @Override
    public int hashCode() {
        return encoded().hashCode();
    }

    /** The strings with their borders, comparable. */
    private List<String> encoded() {
        return strings.stream().map(string -> new String(string, StandardCharsets.ISO_8859_1)).toList();
    }

    /** The presentation form of the strings as one (RFC 1035 §5.1), printable whatever is in it; long text is cut. */
    @Override
    public String toString() {
        byte[] octets = octets();
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < Math.min(SHOWN_OCTETS, octets.length); i++) {
            int octet = octets[i] & 0xFF;
            if (octet == '"' || octet == '\\') {
                text.append('\\').append((char) octet);
            } else if (octet >= ' ' && octet <= '~') {
                text.append((char) octet);
            } else {
                text.append(String.format("\\%03d", octet));
            }
        }
        return text.append('"').append(octets.length > SHOWN_OCTETS ? "…" : "").toString();
    }
}
