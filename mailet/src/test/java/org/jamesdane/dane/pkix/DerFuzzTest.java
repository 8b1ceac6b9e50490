/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.pkix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.security.cert.CertificateParsingException;
import java.util.List;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** DER of a stranger: it is read, or it is malformed, and what is read is what stands there. */
public class DerFuzzTest {
    private static final int DEPTH = 40;

    @FuzzTest
    void shouldReadWhatStandsThereOrNothing(byte[] octets) {
        try {
            Der whole = Der.of(octets);
            assertThat(whole.encoded()).isEqualTo(octets);
            walk(whole, DEPTH);
        } catch (CertificateParsingException e) {
            // Malformed, which is for the caller to judge.
        }
        CertificateBytes.isCertificate(octets);
        CertificateBytes.isPublicKeyInfo(octets);
        CertificateBytes.publicKey(octets);
        PeerCertificate.x509(octets).publicKeyInfo().ifPresent(info -> assertThat(contains(octets, info)).isTrue());
        CertificateBytes.parse(octets).ifPresent(certificate -> {
            assertThat(PresentedIdentifiers.of(certificate).toString()).isNotNull();
            assertThat(CertificateBytes.isCertificate(octets)).isTrue();
        });
    }

    private static void walk(Der element, int depth) throws CertificateParsingException {
        element.identifierText();
        if (depth == 0 || (element.tag() & 0x20) == 0) {
            return;
        }
        List<Der> children = element.children();
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (Der child : children) {
            content.writeBytes(child.encoded());
            walk(child, depth - 1);
        }
        assertThat(content.toByteArray()).isEqualTo(element.content());
    }

    public static boolean contains(byte[] octets, byte[] piece) {
        for (int at = 0; at + piece.length <= octets.length; at++) {
            if (java.util.Arrays.equals(octets, at, at + piece.length, piece, 0, piece.length)) {
                return true;
            }
        }
        return false;
    }
}
