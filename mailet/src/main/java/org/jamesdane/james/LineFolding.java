/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Set;

import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.MimeIOException;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.apache.james.mime4j.stream.RecursionMode;

/** Folding of lines that are longer than RFC 5321 §4.5.3.1.6 lets a client send, and the mails that it would spoil. */
final class LineFolding {
    /** Octets of a line without its end: 1,000 with CRLF. */
    static final int MAX_OCTETS = 998;
    /** RFC 5322 §2.2.3: a fold begins with a space, so that one within the header stays in its field. */
    private static final byte[] FOLD = {'\r', '\n', ' '};
    /** Multiparts and messages within each other that are looked into; behind them a signature is assumed. */
    private static final int MAX_DEPTH = 50;
    private static final MimeConfig LIMITS = MimeConfig.custom().setMaxLineLen(1 << 20).setMaxHeaderLen(1 << 20).setMaxHeaderCount(2_000)
        .setMaxContentLen(-1).build();
    /** RFC 6376 §3.5, RFC 8617 §4.1.2: header fields whose hash covers the body. */
    private static final Set<String> SIGNATURES = Set.of("dkim-signature", "arc-message-signature", "domainkey-signature");
    private static final Set<String> SEALED = Set.of("multipart/signed", "multipart/encrypted");

    private LineFolding() {
    }

    /** Breaks lines that are too long, but no character of UTF-8. */
    static void fold(InputStream message, OutputStream out) throws IOException {
        InputStream in = new BufferedInputStream(message);
        int length = 0;
        for (int octet = in.read(); octet >= 0; octet = in.read()) {
            if (octet == '\r' || octet == '\n') {
                length = 0;
            } else {
                if (length + octetsFrom(octet) > MAX_OCTETS && (length >= MAX_OCTETS || octet >= 0xc0)) {
                    out.write(FOLD);
                    length = 1;
                }
                length++;
            }
            out.write(octet);
        }
    }

    /** RFC 3629 §3: the octets of the character that this one begins. */
    private static int octetsFrom(int octet) {
        return octet >= 0xf0 ? 4 : octet >= 0xe0 ? 3 : octet >= 0xc0 ? 2 : 1;
    }

    /** True if a signature or an encryption may cover the lines. A message that is no well-formed MIME may be signed as well. */
    static boolean isSealed(InputStream message) throws IOException {
        MimeTokenStream tokens = new MimeTokenStream(LIMITS);
        tokens.setRecursionMode(RecursionMode.M_RECURSE);
        tokens.parse(message);
        int depth = 0;
        try {
            for (EntityState state = tokens.getState(); state != EntityState.T_END_OF_STREAM; state = tokens.next()) {
                depth += change(state);
                if (depth > MAX_DEPTH || isSeal(state, tokens)) {
                    return true;
                }
            }
            return false;
        } catch (MimeException | MimeIOException | RuntimeException e) {
            return true;
        }
    }

    private static int change(EntityState state) {
        return switch (state) {
            case T_START_MESSAGE, T_START_MULTIPART -> 1;
            case T_END_MESSAGE, T_END_MULTIPART -> -1;
            default -> 0;
        };
    }

    private static boolean isSeal(EntityState state, MimeTokenStream tokens) {
        return (state == EntityState.T_FIELD && SIGNATURES.contains(tokens.getField().getName().toLowerCase(Locale.ROOT)))
            || (state == EntityState.T_START_MULTIPART
                && SEALED.contains(tokens.getBodyDescriptor().getMimeType().toLowerCase(Locale.ROOT)));
    }
}
