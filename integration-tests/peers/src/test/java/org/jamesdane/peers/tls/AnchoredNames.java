/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers.tls;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jamesdane.dane.CertificateZoo;

/** Domains whose hosts, aliases and security decide which name the certificate must bear: RFC 7672 §3.2.2, §2.2.2, §2.2.3. */
final class AnchoredNames {
    private static final String ADDRESS = " A " + TlsServers.ADDRESS;
    private static final String RECORD = " TLSA 2 1 1 ca";

    private final List<AnchorCase> all;
    private final CertificateZoo zoo;

    AnchoredNames(List<AnchorCase> all, Instant now) {
        this.all = all;
        this.zoo = CertificateZoo.of(List.of(
            "ca = authority CA",
            "mx = ca leaf mx.example.com",
            "domain = ca leaf example.com",
            "real = ca leaf real.example.net",
            "host = ca leaf host.example.org",
            "expanded = ca leaf dom.example.net",
            "wild = ca leaf *.example.com",
            "wildnet = ca leaf *.example.net",
            "cn = ca leaf mx.example.com nosan",
            "cnbeside = ca leaf other.example cn:mx.example.com",
            "onlyip = ca leaf x onlyip:" + TlsServers.ADDRESS,
            "service = ca leaf _dane.example.net"), now);
    }

    private void name(String name, String certificate, String... dns) {
        List<String> lines = new ArrayList<>(Arrays.asList(dns));
        for (boolean gnutls : new boolean[] {false, true}) {
            AnchorCase each = new AnchorCase("names, " + name + (gnutls ? AnchorCase.GNUTLS : ""), "example.com", zoo,
                certificate + " ca", lines,
                gnutls ? TlsCase.Server.GNUTLS : TlsCase.Server.OPENSSL, List.of());
            all.add(each);
        }
    }

    void add() {
        hosts();
        aliasesOfHosts();
        aliasesOfDomains();
        unsigned();
    }

    private void hosts() {
        String[] dns = {"example.com MX 10 mx.example.com", "mx.example.com" + ADDRESS, "_PORT._tcp.mx.example.com" + RECORD};
        name("the host, the base domain", "mx", dns);
        name("the domain, the next hop", "domain", dns);
        name("a wildcard for the host", "wild", dns);
        name("neither", "host", dns);
        name("a common name for the host", "cn", dns);
        name("a common name beside a DNS-ID", "cnbeside", dns);
        name("the address", "onlyip", dns);
        name("the name that the TLSA records are an alias for", "service", "example.com MX 10 mx.example.com", "mx.example.com" + ADDRESS,
            "_PORT._tcp.mx.example.com CNAME _dane.example.net", "_dane.example.net" + RECORD);
        name("the host, whose TLSA records are an alias", "mx", "example.com MX 10 mx.example.com", "mx.example.com" + ADDRESS,
            "_PORT._tcp.mx.example.com CNAME _dane.example.net", "_dane.example.net" + RECORD);
        name("the domain that is its own host", "domain", "example.com" + ADDRESS, "_PORT._tcp.example.com" + RECORD);
        name("a wildcard for hosts, of a domain that is its own", "wild", "example.com" + ADDRESS, "_PORT._tcp.example.com" + RECORD);
    }

    private void aliasesOfHosts() {
        String[] dns = {"example.com MX 10 mx.example.com", "mx.example.com CNAME real.example.net", "real.example.net" + ADDRESS,
            "_PORT._tcp.real.example.net" + RECORD};
        name("the expanded host", "real", dns);
        name("the alias of an expanded host", "mx", dns);
        name("the next hop of an expanded host", "domain", dns);
        name("a wildcard for the expanded host", "wildnet", dns);
        String[] original = {"example.com MX 10 mx.example.com", "mx.example.com CNAME real.example.net", "real.example.net" + ADDRESS,
            "_PORT._tcp.mx.example.com" + RECORD};
        name("the alias, with records there alone", "mx", original);
        name("what the alias leads to, with records at the alias alone", "real", original);
        String[] both = {"example.com MX 10 mx.example.com", "mx.example.com CNAME real.example.net", "real.example.net" + ADDRESS,
            "_PORT._tcp.real.example.net" + RECORD, "_PORT._tcp.mx.example.com TLSA 2 1 1 ca!"};
        name("the expanded host, with other records at the alias", "real", both);
        String[] twice = {"example.com MX 10 mx.example.com", "mx.example.com CNAME host.example.org",
            "host.example.org CNAME real.example.net", "real.example.net" + ADDRESS, "_PORT._tcp.real.example.net" + RECORD};
        name("the host behind two aliases", "real", twice);
        name("the alias between", "host", twice);
    }

    private void aliasesOfDomains() {
        String[] dns = {"example.com CNAME dom.example.net", "dom.example.net MX 10 host.example.org", "host.example.org" + ADDRESS,
            "_PORT._tcp.host.example.org" + RECORD};
        name("the host of an expanded domain", "host", dns);
        name("the domain before it is expanded", "domain", dns);
        name("the expanded domain", "expanded", dns);
        name("a stranger to an expanded domain", "mx", dns);
        String[] implicit = {"example.com CNAME real.example.net", "real.example.net" + ADDRESS, "_PORT._tcp.real.example.net" + RECORD};
        name("the expanded domain that is its own host", "real", implicit);
        name("the alias of a domain that is its own host", "domain", implicit);
        String[] original = {"example.com CNAME real.example.net", "real.example.net" + ADDRESS, "_PORT._tcp.example.com" + RECORD};
        name("the alias of a domain, with records there alone", "domain", original);
    }

    private void unsigned() {
        String[] mx = {"unsigned example.com", "example.com MX 10 host.example.org", "host.example.org" + ADDRESS,
            "_PORT._tcp.host.example.org" + RECORD};
        name("the host of an unsigned domain", "host", mx);
        name("an unsigned domain", "domain", mx);
        String[] records = {"example.com MX 10 mx.example.com", "mx.example.com" + ADDRESS, "unsigned _tcp.mx.example.com",
            "_PORT._tcp.mx.example.com" + RECORD};
        name("the host, with unsigned records", "mx", records);
        String[] intoUnsigned = {"example.com MX 10 mx.example.com", "mx.example.com CNAME real.example.net", "unsigned example.net",
            "real.example.net" + ADDRESS, "_PORT._tcp.real.example.net TLSA 2 1 1 ca!", "_PORT._tcp.mx.example.com" + RECORD};
        name("a signed alias into an unsigned zone", "mx", intoUnsigned);
        name("the unsigned end of a signed alias", "real", intoUnsigned);
        name("a host with an unsigned address", "mx", "example.com MX 10 mx.example.com", "unsigned mx.example.com",
            "signed _tcp.mx.example.com", "mx.example.com" + ADDRESS, "_PORT._tcp.mx.example.com" + RECORD);
    }
}
