/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.util.List;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jamesdane.testing.fuzz.FuzzInput;
import org.jamesdane.testing.pki.KeyKind;
import org.jamesdane.testing.pki.TestPki;

/** Subject public key infos of a stranger: a key within our bounds comes out, or a sentence; and no signature of the stranger's is good. */
class LeafKeyFuzzTest {
    private static final List<byte[]> GENUINE = List.of(KeyKind.values()).stream()
        .map(kind -> TestPki.authority("Fuzz CA").leaf("mx.example").key(kind).certificate()).map(each -> each.getPublicKey())
        .map(PublicKey::getEncoded).toList();

    @FuzzTest
    void shouldReadAKeyWithinBoundsOrSayWhyNot(byte[] octets) {
        FuzzInput input = new FuzzInput(octets);
        int which = input.octet();
        byte[] signature = input.take(input.octet());
        byte[] info = which == 0xff ? input.rest() : input.patched(GENUINE.get(which % GENUINE.size()));
        try {
            LeafKey key = LeafKey.of(info);
            if (key.publicKey() instanceof RSAKey rsa) {
                assertThat(rsa.getModulus().bitLength()).isBetween(LeafKey.MIN_RSA_BITS, LeafKey.MAX_RSA_BITS);
            }
            assertThat(key.toString()).isNotBlank();
            for (HandshakeSignature scheme : HandshakeSignature.values()) {
                for (boolean tls13 : new boolean[] {false, true}) {
                    if (scheme.fits(key, tls13)) {
                        assertThat(verifies(key.verifier(scheme.code(), tls13), signature)).as("%s by %s", scheme, key).isFalse();
                    }
                }
            }
        } catch (TlsFatalAlert e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    private static boolean verifies(Signature verifier, byte[] signature) {
        try {
            verifier.update("a transcript that nobody signed".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            return verifier.verify(signature);
        } catch (GeneralSecurityException | RuntimeException e) {
            // What LeafCertificate takes for a wrong signature.
            return false;
        }
    }
}
