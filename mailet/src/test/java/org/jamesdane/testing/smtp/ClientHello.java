/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * First TLS message of a client (RFC 8446 §4.1.2), read from its octets. Java's server ends the handshake over a name with an underscore
 * before it could be asked for the name.
 *
 * @param serverName the host name of the server_name extension (RFC 6066 §3), one character for each octet
 * @param offersResumption whether it offers to resume an earlier session, by ticket or by key
 */
public record ClientHello(Optional<String> serverName, boolean offersResumption) {
    private static final int SERVER_NAME = 0;
    private static final int SESSION_TICKET = 35;
    private static final int PRE_SHARED_KEY = 41;
    private static final int HOST_NAME = 0;
    private static final int CLIENT_HELLO = 1;
    private static final int VERSION_AND_RANDOM = 34;

    /** Reads a handshake message; empty if it is none that could be read. */
    static Optional<ClientHello> parse(byte[] handshake) {
        try {
            return read(ByteBuffer.wrap(handshake));
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<ClientHello> read(ByteBuffer in) {
        if (in.get() != CLIENT_HELLO) {
            return Optional.empty();
        }
        skip(in, 3 + VERSION_AND_RANDOM);
        // The session identifier is not looked at: clients of TLS 1.3 make one up (RFC 8446 §D.4).
        vector(in, 1);
        vector(in, 2);
        vector(in, 1);
        Optional<String> serverName = Optional.empty();
        boolean resumes = false;
        ByteBuffer extensions = in.hasRemaining() ? vector(in, 2) : in;
        while (extensions.hasRemaining()) {
            int type = Short.toUnsignedInt(extensions.getShort());
            ByteBuffer body = vector(extensions, 2);
            if (type == SERVER_NAME) {
                serverName = hostName(body);
            }
            resumes |= type == PRE_SHARED_KEY || (type == SESSION_TICKET && body.hasRemaining());
        }
        return Optional.of(new ClientHello(serverName, resumes));
    }

    private static Optional<String> hostName(ByteBuffer body) {
        ByteBuffer names = vector(body, 2);
        while (names.hasRemaining()) {
            int type = names.get();
            ByteBuffer name = vector(names, 2);
            if (type == HOST_NAME) {
                return Optional.of(StandardCharsets.ISO_8859_1.decode(name).toString());
            }
        }
        return Optional.empty();
    }

    private static ByteBuffer vector(ByteBuffer in, int lengthOctets) {
        int length = lengthOctets == 1 ? Byte.toUnsignedInt(in.get()) : Short.toUnsignedInt(in.getShort());
        ByteBuffer vector = in.slice();
        vector.limit(length);
        skip(in, length);
        return vector;
    }

    private static void skip(ByteBuffer in, int octets) {
        in.position(in.position() + octets);
    }
}
