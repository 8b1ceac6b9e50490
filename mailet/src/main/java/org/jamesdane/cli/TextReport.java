/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dane.trace.Labels;
import org.jamesdane.delivery.diagnosis.AddressProbe;
import org.jamesdane.delivery.diagnosis.CertificateSummary;
import org.jamesdane.delivery.diagnosis.Explanation;
import org.jamesdane.delivery.diagnosis.Forecast;
import org.jamesdane.delivery.diagnosis.HostFinding;
import org.jamesdane.delivery.diagnosis.ProbeReport;
import org.jamesdane.text.PrintableText;

/** Report on a domain for people: first the result, then what it rests on. Everything from the network is made printable. */
final class TextReport {
    private final StringBuilder text = new StringBuilder();

    private TextReport() {
    }

    static String of(Explanation explanation, Optional<ProbeReport> report, Forecast prospect, Terminal terminal) {
        TextReport shown = new TextReport();
        shown.text.append(explanation.nextHop()).append(": ").append(terminal.word(prospect.kind())).append('\n');
        shown.line(1, prospect.sentence());
        shown.line(1, "MTA-STS: " + explanation.evidence().sts().text());
        explanation.evidence().site().ifPresent(site -> shown.line(1, "places are shared with all domains of the site " + site));
        explanation.hosts().forEach(shown::host);
        explanation.soonestExpiry().ifPresent(ending -> shown.line(1, "first signature to end: " + ending.link().owner() + " "
            + ending.link().type() + " of the zone " + ending.link().zone() + ", at " + ending.link().expiration()));
        report.ifPresent(shown::probe);
        return shown.text.toString();
    }

    private void line(int depth, String line) {
        // Sentences may repeat what a host said.
        text.append("  ".repeat(depth)).append(line.replaceAll("[^ -~]", "?")).append('\n');
    }

    private void host(HostFinding host) {
        String addresses = host.addresses() instanceof HostAddresses.Found found
            ? found.addresses().stream().map(address -> address.getHostAddress()).collect(Collectors.joining(", ")) + " ("
                + Labels.of(found.security()) + ")" : "no address";
        line(1, "host " + host.host() + ", preference " + host.host().preference() + ", " + addresses);
        host.discovery().ifPresent(this::tlsa);
    }

    private void tlsa(TlsaDiscovery discovery) {
        line(2, "TLSA " + Labels.of(discovery));
        if (discovery instanceof TlsaDiscovery.Usable usable) {
            usable.records().records().forEach(each -> line(3, each.toString().replace('…', '.')));
            usable.records().leftOut().forEach(each -> line(3, "not used: " + each));
        } else if (discovery instanceof TlsaDiscovery.Unusable unusable) {
            unusable.records().forEach(each -> line(3, "not used: " + each));
        }
    }

    private void probe(ProbeReport report) {
        for (AddressProbe probe : report.probes()) {
            String result = probe.label().map(SecurityLabel::toString).orElse("failed");
            line(1, "probe " + probe.host() + " " + probe.address().getAddress().getHostAddress() + " port " + probe.address().getPort()
                + ": " + result + probe.tls().map(tls -> ", " + tls.protocol() + " " + tls.cipherSuite()).orElse(""));
            probe.tls().flatMap(tls -> tls.peerChain().stream().findFirst()).map(CertificateSummary::of).ifPresent(leaf -> line(2,
                leaf.toString()));
            probe.failure().ifPresent(failure -> line(2, PrintableText.of(failure.text())));
        }
        List<String> warnings = report.warnings();
        warnings.forEach(warning -> line(1, "warning: " + warning));
    }
}
