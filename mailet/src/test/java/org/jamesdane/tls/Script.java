/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.Optional;

import org.jamesdane.testing.pki.Credential;

/** A server in order, for subclasses to spoil in one place. */
class Script {
    private final boolean tls13;

    Script(boolean tls13) {
        this.tls13 = tls13;
    }

    boolean isTls13() {
        return tls13;
    }

    /** The message to send in place of a whole one with its header; empty drops it. */
    byte[] message(int type, byte[] message) {
        return message;
    }

    /** The signature to send in place of a good one. */
    byte[] signature(byte[] signature) {
        return signature;
    }

    /** The signature scheme to name, and to sign by if the key can. */
    int scheme() {
        return 0x0403;
    }

    /** The credential with the key to sign, or to decrypt, with. */
    Credential signer(Credential shown) {
        return shown;
    }

    int suite() {
        return tls13 ? 0x1301 : 0xc02b;
    }

    byte[] random(byte[] random) {
        return random;
    }

    /** The public share to send in place of a good one. */
    byte[] share(byte[] point) {
        return point;
    }

    /** The parameters of the key exchange of TLS 1.2, which are signed as they are. */
    byte[] parameters(byte[] parameters) {
        return prime().map(prime -> {
            byte[] p = prime.toByteArray();
            return EvilServer.join(EvilServer.sized(2, p), EvilServer.hex("0001020001" + "02"));
        }).orElse(parameters);
    }

    /** The prime of a key exchange in which the server's secret is one and the generator two; empty for X25519. */
    Optional<BigInteger> prime() {
        return Optional.empty();
    }

    /** True for key transport by RSA, without a ServerKeyExchange. */
    boolean keyTransport() {
        return false;
    }

    /** True to go on behind the first flight as if a session were resumed, with a master secret that anybody can compute. */
    boolean abbreviated() {
        return false;
    }

    /** The octets in the place of the ChangeCipherSpec of TLS 1.2. */
    byte[] changeCipherSpec() {
        return EvilServer.hex("140303000101");
    }

    /** Octets written before the answer to the hello. */
    byte[] beforeHello(byte[] sessionId) {
        return new byte[0];
    }

    /** Octets written behind a message, past its protection. */
    byte[] behind(int type) {
        return new byte[0];
    }

    /** Says something under TLS once the handshake is complete. */
    void afterHandshake(EvilServer.Session session) throws IOException, GeneralSecurityException {
        session.echo();
    }
}
