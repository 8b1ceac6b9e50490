/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** The octets a fuzzer chose, read piece by piece; after their end there are zeros. */
public final class FuzzInput {
    /** Octets put in or taken out by one patch. */
    private static final int MAX_PIECE = 16;
    /** Patches of one message: with more of them nothing of it would be left. */
    private static final int MAX_PATCHES = 16;

    private final byte[] octets;
    private int position;

    public FuzzInput(byte[] octets) {
        this.octets = octets;
    }

    /** The next octet as a number from 0 to 255. */
    public int octet() {
        return position < octets.length ? octets[position++] & 0xff : 0;
    }

    /** A number below the bound, which is at most 65,536. */
    public int below(int bound) {
        return (bound <= 0x100 ? octet() : (octet() << 8) | octet()) % bound;
    }

    /** True if octets are left. */
    public boolean hasMore() {
        return position < octets.length;
    }

    /** Takes so many octets, or as many as are left. */
    public byte[] take(int count) {
        int end = Math.min(octets.length, position + count);
        byte[] taken = Arrays.copyOfRange(octets, position, end);
        position = end;
        return taken;
    }

    /** All octets that are left. */
    public byte[] rest() {
        return take(octets.length - position);
    }

    /** Genuine octets with as many changes as the next octets say; possibly with none. */
    public byte[] patched(byte[] genuine) {
        byte[] patched = genuine.clone();
        for (int i = below(MAX_PATCHES + 1); i > 0; i--) {
            patched = patchedOnce(patched);
        }
        return patched;
    }

    private byte[] patchedOnce(byte[] before) {
        int at = below(Math.min(0x10000, before.length + 1));
        int way = octet();
        byte[] piece = take(1 + way / 4 % MAX_PIECE);
        return switch (way % 4) {
            // Other octets in the place of some.
            case 0 -> joined(Arrays.copyOf(before, at), piece, from(before, at + piece.length));
            // One bit.
            case 1 -> {
                if (at < before.length) {
                    before[at] ^= (byte) (1 << (piece.length == 0 ? 0 : piece[0] & 7));
                }
                yield before;
            }
            // More octets.
            case 2 -> joined(Arrays.copyOf(before, at), piece, from(before, at));
            // Fewer octets.
            default -> joined(Arrays.copyOf(before, at), new byte[0], from(before, at + 1 + way / 4 % MAX_PIECE));
        };
    }

    private static byte[] from(byte[] octets, int start) {
        return Arrays.copyOfRange(octets, Math.min(start, octets.length), octets.length);
    }

    private static byte[] joined(byte[] first, byte[] second, byte[] third) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(first);
        all.writeBytes(second);
        all.writeBytes(third);
        return all.toByteArray();
    }
}
