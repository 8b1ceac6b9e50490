/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Address and ports at which one James listens. James does not tell which port the system gave its SMTP server, so the harness has to
 * choose it.
 */
record Endpoints(String host, int smtpPort, int webadminPort) {
    private static final int ATTEMPTS = 10;
    /** Loopback addresses are drawn from 127.1.0.0 upwards: 127.0.0.0/16 stays with what else runs on the machine. */
    private static final int FIRST_SECOND_OCTET = 1;

    /** Two free ports on an address of 127.0.0.0/8 that nothing else is likely to use in the moment between here and James's start. */
    static Endpoints fresh() {
        UncheckedIOException last = new UncheckedIOException(new IOException("No loopback address was tried"));
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            byte[] octets = {127, (byte) random.nextInt(FIRST_SECOND_OCTET, 256),
                (byte) random.nextInt(256), (byte) random.nextInt(1, 255)};
            try {
                return on(InetAddress.getByAddress(octets));
            } catch (IOException e) {
                last = new UncheckedIOException(e);
            }
        }
        throw last;
    }

    private static Endpoints on(InetAddress address) throws IOException {
        try (ServerSocket smtp = new ServerSocket(0, 1, address); ServerSocket webadmin = new ServerSocket(0, 1, address)) {
            return new Endpoints(address.getHostAddress(), smtp.getLocalPort(), webadmin.getLocalPort());
        }
    }

    InetSocketAddress smtp() {
        return new InetSocketAddress(host, smtpPort);
    }

    URI webadmin() {
        return URI.create("http://" + host + ":" + webadminPort);
    }
}
