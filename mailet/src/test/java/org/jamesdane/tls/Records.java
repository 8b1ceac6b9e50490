/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import static org.jamesdane.tls.EvilServer.join;
import static org.jamesdane.tls.EvilServer.sized;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Records under AES-128-GCM of both versions (RFC 8446 §5.2, RFC 5288 §3), in clear until there are keys. */
final class Records {
    private final boolean tls13;
    private Optional<Half> writing = Optional.empty();
    private Optional<Half> reading = Optional.empty();
    private boolean changed;

    /** The keys of one direction. */
    private static final class Half {
        private final byte[] key;
        private final byte[] iv;
        private long count;

        Half(byte[] key, byte[] iv) {
            this.key = key;
            this.iv = iv;
        }
    }

    Records(boolean tls13) {
        this.tls13 = tls13;
    }

    void write(byte[] key, byte[] iv) {
        writing = Optional.of(new Half(key, iv));
    }

    void read(byte[] key, byte[] iv) {
        reading = Optional.of(new Half(key, iv));
    }

    /** The client has changed to its keys, where TLS 1.2 says so. */
    void started() {
        changed = true;
    }

    void expectChange() throws IOException {
        if (!changed) {
            throw new IOException("no change_cipher_spec");
        }
    }

    byte[] seal(int type, byte[] octets) throws GeneralSecurityException {
        if (writing.isEmpty()) {
            return record(type, octets);
        }
        Half half = writing.get();
        if (tls13) {
            byte[] inner = join(octets, new byte[] {(byte) type});
            byte[] header = {EvilServer.DATA, 3, 3, (byte) ((inner.length + 16) >> 8), (byte) (inner.length + 16)};
            return join(header, cipher(Cipher.ENCRYPT_MODE, half, nonce13(half), header).doFinal(inner));
        }
        byte[] explicit = number(half.count);
        byte[] associated = join(explicit, new byte[] {(byte) type, 3, 3}, sized(2, octets), new byte[0]);
        Cipher cipher = cipher(Cipher.ENCRYPT_MODE, half, join(half.iv, explicit), Arrays.copyOf(associated, 13));
        return record(type, join(explicit, cipher.doFinal(octets)));
    }

    byte[] open(int type, byte[] content) throws GeneralSecurityException {
        if (reading.isEmpty() || (!tls13 && !changed)) {
            return content;
        }
        Half half = reading.get();
        if (tls13) {
            byte[] header = {(byte) type, 3, 3, (byte) (content.length >> 8), (byte) content.length};
            byte[] inner = cipher(Cipher.DECRYPT_MODE, half, nonce13(half), header).doFinal(content);
            return Arrays.copyOf(inner, inner.length - 1);
        }
        byte[] explicit = Arrays.copyOf(content, 8);
        byte[] length = {(byte) ((content.length - 24) >> 8), (byte) (content.length - 24)};
        byte[] associated = join(number(half.count), new byte[] {(byte) type, 3, 3}, length);
        return cipher(Cipher.DECRYPT_MODE, half, join(half.iv, explicit), associated).doFinal(content, 8, content.length - 8);
    }

    private static Cipher cipher(int mode, Half half, byte[] nonce, byte[] associated) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(half.key, "AES"), new GCMParameterSpec(128, nonce));
        cipher.updateAAD(associated);
        half.count++;
        return cipher;
    }

    private static byte[] nonce13(Half half) {
        byte[] nonce = half.iv.clone();
        byte[] count = number(half.count);
        for (int i = 0; i < 8; i++) {
            nonce[4 + i] ^= count[i];
        }
        return nonce;
    }

    private static byte[] number(long count) {
        return ByteBuffer.allocate(8).putLong(count).array();
    }

    static byte[] record(int type, byte[] octets) {
        return join(new byte[] {(byte) type, 3, 3}, sized(2, octets));
    }
}
