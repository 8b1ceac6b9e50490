/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers.tls;

import java.util.List;

import org.jamesdane.dane.CertificateZoo;
import org.jamesdane.dane.DnsWorld;

/**
 * Domain to connect to by its TLSA records.
 *
 * @param name as the table and the list of differences have it
 * @param domain the next hop
 * @param zoo certificates by name
 * @param chain names of the certificates that the server shows
 * @param dns lines of a {@link DnsWorld}; {@code PORT} stands for the server's port
 * @param server the program
 * @param arguments more arguments for the program
 */
record AnchorCase(String name, String domain, CertificateZoo zoo, String chain, List<String> dns, TlsCase.Server server,
        List<String> arguments) {
    /** End of the name of a case that was asked of OpenSSL, too; the list of differences does not tell the two apart. */
    static final String GNUTLS = " (GnuTLS)";

    AnchorCase {
        dns = List.copyOf(dns);
        arguments = List.copyOf(arguments);
    }

    /** The same domain behind another server. */
    AnchorCase behind(TlsCase.Server other, String... options) {
        return new AnchorCase(name, domain, zoo, chain, dns, other, List.of(options));
    }

    AnchorCase named(String other) {
        return new AnchorCase(other, domain, zoo, chain, dns, server, arguments);
    }

    DnsWorld world(int port) {
        return new DnsWorld(dns.stream().map(line -> line.replace("PORT", Integer.toString(port))).toList(), zoo);
    }
}
