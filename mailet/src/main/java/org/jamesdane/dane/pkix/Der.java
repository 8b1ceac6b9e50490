/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.pkix;

import java.io.ByteArrayOutputStream;
import java.security.cert.CertificateParsingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An element of a DER encoding (X.690 §8.1), read in place.
 *
 * <p>The JDK keeps a certificate's octets, but gives out its parts re-encoded, or not at all where it rejects them. Comparisons and
 * decisions need the octets that were signed.
 */
public final class Der {
    public static final int BOOLEAN = 0x01;
    public static final int INTEGER = 0x02;
    public static final int BIT_STRING = 0x03;
    public static final int OCTET_STRING = 0x04;
    public static final int OBJECT_IDENTIFIER = 0x06;
    public static final int UTF8_STRING = 0x0c;
    public static final int PRINTABLE_STRING = 0x13;
    public static final int IA5_STRING = 0x16;
    public static final int SEQUENCE = 0x30;
    public static final int SET = 0x31;
    public static final int CONTEXT_CONSTRUCTED = 0xa0;
    public static final int CONTEXT_PRIMITIVE = 0x80;

    private final byte[] octets;
    private final int start;
    private final int content;
    private final int end;

    private Der(byte[] octets, int start, int content, int end) {
        this.octets = octets;
        this.start = start;
        this.content = content;
        this.end = end;
    }

    /** The one element that all of the octets are. */
    public static Der of(byte[] octets) throws CertificateParsingException {
        Der element = at(octets, 0, octets.length);
        if (element.end != octets.length) {
            throw new CertificateParsingException("octets behind the end");
        }
        return element;
    }

    /** A new element with that content. */
    static byte[] encode(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length >= 0x80) {
            int octets = content.length < 0x100 ? 1 : content.length < 0x10000 ? 2 : 3;
            out.write(0x80 | octets);
            for (int i = octets - 1; i > 0; i--) {
                out.write(content.length >> (8 * i));
            }
        }
        out.write(content.length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static Der at(byte[] octets, int start, int limit) throws CertificateParsingException {
        if (limit - start < 2 || (octets[start] & 0x1f) == 0x1f) {
            throw new CertificateParsingException("no tag and length");
        }
        int first = octets[start + 1] & 0xff;
        int content = start + 2;
        long length = first;
        if (first >= 0x80) {
            int count = first & 0x7f;
            if (count == 0 || count > 4 || count > limit - content) {
                throw new CertificateParsingException("no definite length");
            }
            length = 0;
            for (int i = 0; i < count; i++) {
                length = (length << 8) | (octets[content + i] & 0xff);
            }
            content += count;
        }
        if (length > limit - content) {
            throw new CertificateParsingException("cut off");
        }
        return new Der(octets, start, content, content + (int) length);
    }

    /** The identifier octet. */
    public int tag() {
        return octets[start] & 0xff;
    }

    /** This element, if it has that tag. */
    public Der expect(int tag) throws CertificateParsingException {
        if (tag() != tag) {
            throw new CertificateParsingException("tag " + tag() + " instead of " + tag);
        }
        return this;
    }

    /** The elements inside this one. */
    public List<Der> children() throws CertificateParsingException {
        List<Der> children = new ArrayList<>();
        int next = content;
        while (next < end) {
            Der child = at(octets, next, end);
            children.add(child);
            next = child.end;
        }
        return children;
    }

    /** The child at that index. */
    public Der child(int index) throws CertificateParsingException {
        int next = content;
        for (int i = 0; next < end; i++) {
            Der child = at(octets, next, end);
            if (i == index) {
                return child;
            }
            next = child.end;
        }
        throw new CertificateParsingException("no element " + index);
    }

    /** A copy of the content. */
    public byte[] content() {
        return Arrays.copyOfRange(octets, content, end);
    }

    /** The content read as an object identifier (X.690 §8.19), {@code 2.5.29.17} for example. */
    public String identifierText() {
        StringBuilder text = new StringBuilder();
        long arc = 0;
        for (int i = content; i < end; i++) {
            arc = (arc << 7) | (octets[i] & 0x7f);
            if (octets[i] >= 0) {
                // The first number holds two arcs; the first arc is 0, 1 or 2.
                long first = Math.min(arc / 40, 2);
                text.append(text.length() == 0 ? first + "." + (arc - 40 * first) : "." + arc);
                arc = 0;
            }
        }
        return text.toString();
    }

    /** A copy of the whole element, tag and length included. */
    public byte[] encoded() {
        return Arrays.copyOfRange(octets, start, end);
    }
}
