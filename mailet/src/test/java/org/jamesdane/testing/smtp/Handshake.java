/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import javax.net.ssl.SSLContext;

/** The way from a clear connection to one under TLS. */
final class Handshake {
    private static final int UNRECOGNIZED_NAME = 112;
    private static final int HANDSHAKE_RECORD = 22;
    private static final int RECORD_HEADER = 5;
    private static final int MESSAGE_HEADER = 4;

    private final Wire wire;
    private final Session session;
    private final Faults faults;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    Handshake(Wire wire, Session session, Faults faults) {
        this.wire = wire;
        this.session = session;
        this.faults = faults;
    }

    void perform(Settings.Tls tls, Optional<Fault> fault) throws IOException {
        Optional<ClientHello> hello = ClientHello.parse(firstMessage());
        session.hello(hello);
        if (fault.isPresent()) {
            faults.perform(fault.get(), "");
        }
        Optional<SSLContext> context = tls.contextFor(hello.flatMap(ClientHello::serverName));
        if (context.isEmpty()) {
            faults.perform(Fault.alert(UNRECOGNIZED_NAME), "");
        } else {
            received.writeBytes(wire.takeBuffered());
            session.secured(wire.secure(context.get(), tls, received.toByteArray()));
        }
    }

    /** The first handshake message, which may be spread over several records (RFC 8446 §5.1). */
    private byte[] firstMessage() throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        do {
            readRecord(message);
        } while (message.size() < MESSAGE_HEADER || message.size() < MESSAGE_HEADER + messageLength(message.toByteArray()));
        return message.toByteArray();
    }

    private static int messageLength(byte[] message) {
        return (message[1] & 0xff) << 16 | (message[2] & 0xff) << 8 | (message[3] & 0xff);
    }

    private void readRecord(ByteArrayOutputStream message) throws IOException {
        int type = readOctet();
        if (type != HANDSHAKE_RECORD) {
            hearSomethingElse();
        }
        int length = 0;
        for (int i = 1; i < RECORD_HEADER; i++) {
            length = (length << 8 | readOctet()) & 0xffff;
        }
        for (int i = 0; i < length; i++) {
            message.write(readOctet());
        }
    }

    /** The client does not start TLS: all it says is remembered as clear text. */
    private void hearSomethingElse() throws IOException {
        session.receive(Protection.CLEAR, received.toString(StandardCharsets.ISO_8859_1));
        faults.perform(Fault.close(), "");
    }

    private int readOctet() throws IOException {
        int octet = wire.read();
        if (octet < 0) {
            throw new SessionEnd("client closed instead of a TLS handshake");
        }
        received.write(octet);
        return octet;
    }
}
