/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers.tls;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jamesdane.dane.CertificateZoo;
import org.jamesdane.dane.ConformanceCases;
import org.jamesdane.dns.DomainName;

/**
 * The domains: every row of our own tables of chains and names behind a real server, and names that the DNS leads to (RFC 7672 §3.2.2).
 */
final class AnchorCases {
    /** Every so many cases of the tables are asked of GnuTLS as well. */
    private static final int EVERY = 4;
    private static final String ANYTHING = "ALL:@SECLEVEL=0";

    private final CertificateZoo zoo;
    private final Instant now;
    private final List<AnchorCase> all = new ArrayList<>();

    private AnchorCases(Instant now) {
        this.now = now;
        this.zoo = ConformanceCases.certificates(now);
    }

    /** The cases, with certificates valid around that present. */
    static List<AnchorCase> at(Instant now) {
        AnchorCases cases = new AnchorCases(now);
        cases.chains();
        cases.names();
        cases.behindBothPrograms();
        new AnchoredNames(cases.all, now).add();
        return cases.all;
    }

    private void chains() {
        for (List<String> row : ConformanceCases.rows("chains.txt")) {
            String chain = row.get(1);
            // The other suite is for DANE-EE.
            boolean anchored = Stream.of(row.get(2).split(",", -1)).anyMatch(record -> record.startsWith("2 "));
            boolean asItIs = !chain.isBlank() && !chain.contains("@") && !row.get(2).contains("hex:");
            if (anchored && asItIs) {
                List<String> dns = new ArrayList<>(List.of("example.com MX 10 mx.example.com",
                    "mx.example.com A " + TlsServers.ADDRESS));
                for (String record : row.get(2).split(",", -1)) {
                    dns.add("_PORT._tcp.mx.example.com TLSA " + record.strip());
                }
                all.add(new AnchorCase("chain " + chain + ", " + row.get(2).replace(",", " and ") + ": " + row.get(4), "example.com", zoo,
                    chain, dns, TlsCase.Server.OPENSSL, List.of()));
            }
        }
    }

    private void names() {
        for (List<String> row : ConformanceCases.rows("names.txt")) {
            String reference = DomainName.of(row.get(2)).toString();
            CertificateZoo named = CertificateZoo.of(List.of("ca = authority CA", "leaf = ca leaf unused.example " + row.get(1)), now);
            all.add(new AnchorCase("name: " + row.get(4), reference, named, "leaf ca",
                List.of(reference + " A " + TlsServers.ADDRESS, "_PORT._tcp." + reference + " TLSA 2 1 1 ca"), TlsCase.Server.OPENSSL,
                List.of()));
        }
    }

    /** OpenSSL's server with both versions by turns, and GnuTLS's with some of the cases. */
    private void behindBothPrograms() {
        List<AnchorCase> once = List.copyOf(all);
        all.clear();
        for (int i = 0; i < once.size(); i++) {
            AnchorCase each = once.get(i);
            all.add(each.behind(TlsCase.Server.OPENSSL, i % 2 == 0 ? "-tls1_3" : "-tls1_2", "-cipher", ANYTHING));
            if (i % EVERY == 0) {
                String version = i % (2 * EVERY) == 0 ? "1.3" : "1.2";
                all.add(each.behind(TlsCase.Server.GNUTLS, "--priority", "NORMAL:-VERS-ALL:+VERS-TLS" + version)
                    .named(each.name() + AnchorCase.GNUTLS));
            }
        }
    }
}
