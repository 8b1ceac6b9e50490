/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import static org.jamesdane.tls.EvilServer.join;
import static org.jamesdane.tls.KeySchedule.hmac;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/** The keys of TLS 1.2 with SHA-256 and AES-128-GCM (RFC 5246 §6.3, RFC 5288 §3), for a test server. */
final class Prf {
    private final byte[] master;
    private final byte[] block;

    Prf(byte[] preMaster, byte[] clientRandom, byte[] serverRandom) throws GeneralSecurityException {
        master = prf(preMaster, "master secret", join(clientRandom, serverRandom), 48);
        block = prf(master, "key expansion", join(serverRandom, clientRandom), 40);
    }

    private static byte[] prf(byte[] secret, String label, byte[] seed, int length) throws GeneralSecurityException {
        byte[] labelled = join(label.getBytes(StandardCharsets.US_ASCII), seed);
        byte[] chained = labelled;
        byte[] out = new byte[0];
        while (out.length < length) {
            chained = hmac(secret, chained);
            out = join(out, hmac(secret, join(chained, labelled)));
        }
        return Arrays.copyOf(out, length);
    }

    byte[] clientKey() {
        return Arrays.copyOf(block, 16);
    }

    byte[] serverKey() {
        return Arrays.copyOfRange(block, 16, 32);
    }

    byte[] clientIv() {
        return Arrays.copyOfRange(block, 32, 36);
    }

    byte[] serverIv() {
        return Arrays.copyOfRange(block, 36, 40);
    }

    byte[] finished(byte[] transcript) throws GeneralSecurityException {
        return prf(master, "server finished", transcript, 12);
    }
}
