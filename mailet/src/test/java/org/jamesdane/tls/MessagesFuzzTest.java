/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.testing.fuzz.FuzzInput;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;

/**
 * A server that has the key, and a change of each of its messages, over TLS 1.2 and 1.3, in a transcript that has what was sent. Whatever
 * is changed, a handshake that succeeds has shown the key that signed it.
 */
class MessagesFuzzTest {
    private static final Credential SHOWN = TestPki.authority("Fuzz CA").leaf("mx.example").issue();
    private static final byte[] KEY = SHOWN.certificate().getPublicKey().getEncoded();

    @FuzzTest
    void shouldShowTheKeyThatSigned(byte[] octets) throws IOException {
        FuzzInput input = new FuzzInput(octets);
        boolean tls13 = input.octet() % 2 == 0;
        Map<Integer, byte[]> changes = new HashMap<>();
        while (input.hasMore()) {
            changes.put(input.octet() % 24, input.take(1 + input.octet() % 64));
        }
        Script script = new Script(tls13) {
            @Override
            byte[] message(int type, byte[] message) {
                byte[] change = changes.get(type);
                byte[] whole = type == EvilServer.CERTIFICATE_REQUEST && message.length == 0 && change != null
                    ? EvilServer.hex(tls13 ? "0d00000b000008000d000400020403" : "0d000008014000020403" + "0000") : message;
                return change == null ? message : new FuzzInput(change).patched(whole);
            }
        };
        try (EvilServer server = new EvilServer(SHOWN, script); Socket plain = server.connect()) {
            TlsHandshake.Secured secured = TlsHandshake.perform(plain, TlsSettings.withoutServerName());
            PeerCertificate leaf = secured.channel().tls().orElseThrow().peerChain().get(0);
            assertThat(leaf.publicKeyInfo()).hasValueSatisfying(key -> assertThat(Arrays.equals(key, KEY)).isTrue());
        } catch (IOException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
