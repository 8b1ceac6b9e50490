/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers.tls;

import java.util.List;

/**
 * Server to connect to.
 *
 * @param name as the table and the list of differences have it
 * @param server the program
 * @param key the key it has, by the name of its file
 * @param certificate the certificate around the key
 * @param strangers certificates behind it
 * @param arguments more arguments for the program
 */
record TlsCase(String name, Server server, String key, OddCertificate certificate, List<byte[]> strangers, List<String> arguments) {
    /** A program that serves TLS. */
    enum Server { OPENSSL, GNUTLS }

    TlsCase {
        strangers = List.copyOf(strangers);
        arguments = List.copyOf(arguments);
    }
}
