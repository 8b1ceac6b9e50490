/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import static org.jamesdane.tls.EvilServer.join;
import static org.jamesdane.tls.EvilServer.sized;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The keys of TLS 1.3 with SHA-256 (RFC 8446 §7.1), for a test server. */
final class KeySchedule {
    private static final byte[] NONE = new byte[32];

    private byte[] secret;
    private byte[] server = NONE;
    private byte[] client = NONE;

    KeySchedule(byte[] shared) throws GeneralSecurityException {
        byte[] early = hmac(NONE, NONE);
        secret = hmac(derived(early), shared);
    }

    private static byte[] derived(byte[] from) throws GeneralSecurityException {
        return expand(from, "derived", MessageDigest.getInstance("SHA-256").digest(), 32);
    }

    void handshake(byte[] transcript) throws GeneralSecurityException {
        server = expand(secret, "s hs traffic", transcript, 32);
        client = expand(secret, "c hs traffic", transcript, 32);
    }

    void application(byte[] transcript) throws GeneralSecurityException {
        secret = hmac(derived(secret), NONE);
        server = expand(secret, "s ap traffic", transcript, 32);
        client = expand(secret, "c ap traffic", transcript, 32);
    }

    byte[] finished(boolean ofServer, byte[] transcript) throws GeneralSecurityException {
        return hmac(expand(ofServer ? server : client, "finished", new byte[0], 32), transcript);
    }

    byte[] serverKey() throws GeneralSecurityException {
        return expand(server, "key", new byte[0], 16);
    }

    byte[] serverIv() throws GeneralSecurityException {
        return expand(server, "iv", new byte[0], 12);
    }

    byte[] clientKey() throws GeneralSecurityException {
        return expand(client, "key", new byte[0], 16);
    }

    byte[] clientIv() throws GeneralSecurityException {
        return expand(client, "iv", new byte[0], 12);
    }

    private static byte[] expand(byte[] from, String label, byte[] context, int length) throws GeneralSecurityException {
        byte[] info = join(new byte[] {0, (byte) length}, sized(1, ("tls13 " + label).getBytes(StandardCharsets.US_ASCII)),
            sized(1, context));
        return Arrays.copyOf(hmac(from, join(info, new byte[] {1})), length);
    }

    static byte[] hmac(byte[] key, byte[] octets) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(octets);
    }
}
