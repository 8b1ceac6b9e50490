/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The SHA-256 of an RRset in canonical form (RFC 4034 §6) with the one signature that verified it. */
public final class RrsetId {
    private static final String ALGORITHM = "SHA-256";

    private final byte[] digest;

    private RrsetId(byte[] digest) {
        this.digest = digest;
    }

    /** The id of these octets. */
    public static RrsetId of(byte[] octets) {
        try {
            return new RrsetId(MessageDigest.getInstance(ALGORITHM).digest(octets));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has " + ALGORITHM, e);
        }
    }

    /** A copy of the 32 octets. */
    public byte[] octets() {
        return digest.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RrsetId that && Arrays.equals(digest, that.digest);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(digest);
    }

    /** The octets in hexadecimal. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(digest);
    }
}
