/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Just enough DER to cut and join what is already encoded, so that octets stay what they are: a library that parses and encodes
 * again would silently repair the oddities that a test wants.
 */
final class Der {
    static final int SEQUENCE = 0x30;
    static final int BIT_STRING = 0x03;
    private static final int EXPLICIT_0 = 0xa0;

    /** The place of one element: its first octet, the first of its content, and the first behind it. */
    record Element(int start, int content, int end) {
    }

    private Der() {
    }

    static byte[] join(int tag, byte[]... contents) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] content : contents) {
            body.writeBytes(content);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        writeLength(out, body.size());
        out.writeBytes(body.toByteArray());
        return out.toByteArray();
    }

    private static void writeLength(ByteArrayOutputStream out, int length) {
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else if (length < 0x10000) {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        } else {
            throw new IllegalArgumentException("an element of " + length + " octets is longer than a test certificate may be");
        }
    }

    static Element element(byte[] der, int start) {
        int first = der[start + 1] & 0xff;
        if (first < 0x80) {
            return new Element(start, start + 2, start + 2 + first);
        }
        int length = 0;
        int content = start + 2 + (first & 0x7f);
        for (int i = start + 2; i < content; i++) {
            length = (length << 8) | (der[i] & 0xff);
        }
        return new Element(start, content, content + length);
    }

    /** The octets of the SubjectPublicKeyInfo of a certificate as they stand in it (RFC 5280 §4.1). */
    static byte[] subjectPublicKeyInfo(byte[] certificate) {
        Element tbs = element(certificate, element(certificate, 0).content());
        int at = tbs.content();
        if ((certificate[at] & 0xff) == EXPLICIT_0) {
            at = element(certificate, at).end();
        }
        // serialNumber, signature, issuer, validity, subject
        for (int skipped = 0; skipped < 5; skipped++) {
            at = element(certificate, at).end();
        }
        Element info = element(certificate, at);
        return Arrays.copyOfRange(certificate, info.start(), info.end());
    }
}
