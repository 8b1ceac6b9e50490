/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import javax.net.ssl.SSLContext;

/** Settings that a server was built with. */
record Settings(InetAddress address, int port, String hostName, List<String> extensions, List<String> extensionsAfterTls,
        boolean hideStarttls, Optional<Tls> tls, EndOfData endOfData, boolean countOnly, Map<String, List<String>> replies) {

    /**
     * The TLS side.
     *
     * @param fallback what is shown where no name is sent or the name is none of {@code byName}; empty: an alert is the answer
     */
    record Tls(Optional<SSLContext> fallback, Map<String, SSLContext> byName, boolean implicit, List<String> protocols,
            List<String> cipherSuites) {

        Optional<SSLContext> contextFor(Optional<String> serverName) {
            return serverName.map(name -> name.toLowerCase(Locale.ROOT)).map(byName::get).or(() -> fallback);
        }
    }

    boolean implicitTls() {
        return tls.map(Tls::implicit).orElse(false);
    }
}
