/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers.tls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * A certificate put together field by field around a key, in order or not. Its signature is none: whoever serves it does not look, and
 * for DANE-EE nobody does (RFC 7672 §3.1.1).
 */
final class OddCertificate {
    private byte[] version = tagged(0xa0, hex("020102"));
    private byte[] serial = hex("02020123");
    private byte[] innerAlgorithm = algorithm("2a864886f70d01010b");
    private byte[] outerAlgorithm = algorithm("2a864886f70d01010b");
    private byte[] issuer = name("Issuer");
    private byte[] validity = times(0x17, "250101000000Z", 0x17, "350101000000Z");
    private byte[] subject = name("mx.example");
    private byte[] uniqueIds = new byte[0];
    private final List<byte[]> extensions = new ArrayList<>();
    private boolean withExtensions = true;

    static OddCertificate inOrder() {
        return new OddCertificate().extension("551d11", false, sequence(tagged(0x82, ascii("mx.example"))));
    }

    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] tagged(int tag, byte[]... content) {
        byte[] whole = join(content);
        int length = whole.length;
        byte[] header = length < 0x80 ? new byte[] {(byte) tag, (byte) length}
            : length < 0x100 ? new byte[] {(byte) tag, (byte) 0x81, (byte) length}
            : length < 0x10000 ? new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length}
            : new byte[] {(byte) tag, (byte) 0x83, (byte) (length >> 16), (byte) (length >> 8), (byte) length};
        return join(header, whole);
    }

    static byte[] sequence(byte[]... content) {
        return tagged(0x30, content);
    }

    static byte[] algorithm(String identifier) {
        return sequence(tagged(0x06, hex(identifier)), hex("0500"));
    }

    static byte[] name(String commonName) {
        return name(0x0c, ascii(commonName));
    }

    static byte[] name(int tag, byte[] value) {
        return sequence(tagged(0x31, sequence(hex("0603550403"), tagged(tag, value))));
    }

    static byte[] times(int firstTag, String first, int lastTag, String last) {
        return sequence(tagged(firstTag, ascii(first)), tagged(lastTag, ascii(last)));
    }

    OddCertificate version(byte[] octets) {
        version = octets;
        return this;
    }

    OddCertificate serial(String hex) {
        serial = hex(hex);
        return this;
    }

    OddCertificate algorithms(String inner, String outer) {
        innerAlgorithm = algorithm(inner);
        outerAlgorithm = algorithm(outer);
        return this;
    }

    OddCertificate issuer(byte[] octets) {
        issuer = octets;
        return this;
    }

    OddCertificate subject(byte[] octets) {
        subject = octets;
        return this;
    }

    OddCertificate validity(byte[] octets) {
        validity = octets;
        return this;
    }

    OddCertificate uniqueIds() {
        uniqueIds = join(hex("8102002a"), hex("8202002a"));
        return this;
    }

    OddCertificate extension(String identifier, boolean critical, byte[] value) {
        extensions.add(sequence(tagged(0x06, hex(identifier)), critical ? hex("0101ff") : new byte[0], tagged(0x04, value)));
        return this;
    }

    OddCertificate withoutExtensions() {
        withExtensions = false;
        return this;
    }

    OddCertificate clearExtensions() {
        extensions.clear();
        return this;
    }

    byte[] around(byte[] publicKeyInfo) {
        byte[] list = withExtensions ? tagged(0xa3, sequence(extensions.toArray(new byte[0][]))) : new byte[0];
        byte[] body = sequence(version, serial, innerAlgorithm, issuer, validity, subject, publicKeyInfo, uniqueIds, list);
        byte[] signature = new byte[257];
        Arrays.fill(signature, 1, signature.length, (byte) 0x5a);
        return sequence(body, outerAlgorithm, tagged(0x03, signature));
    }

    static String pem(byte[] certificate) {
        return "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder(64, ascii("\n")).encodeToString(certificate)
            + "\n-----END CERTIFICATE-----\n";
    }
}
