/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.dns.TlsaRecord;

/** The sentence about a destination that mail is delivered to: hosts of which the same holds are named together. */
final class SummarySentence {
    private SummarySentence() {
    }

    static String of(NextHop nextHop, Policy policy, List<HostFinding> hosts, StsEvidence sts) {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        List<String> unused = new ArrayList<>();
        for (HostFinding host : hosts) {
            host.usable().ifPresent(requirement -> groups.computeIfAbsent(manner(policy, host, requirement, sts.isAudited()),
                key -> new ArrayList<>()).add(host.host().toString()));
            host.failure().ifPresent(failure -> unused.add("; " + failure.host() + " is not used, " + failure.text()));
        }
        return "Mail to " + nextHop + " goes " + groups.entrySet().stream()
            .map(group -> group.getKey().replace("%", String.join(", ", group.getValue()))).collect(Collectors.joining(", and "))
            + String.join("", unused) + ".";
    }

    /** Clause for how mail goes to a host, with a percent sign for the host's name. */
    private static String manner(Policy policy, HostFinding host, TlsRequirement requirement, boolean stsAudited) {
        if (requirement instanceof TlsRequirement.Dane dane) {
            String audited = policy.dane() == Policy.Dane.AUDIT ? ", or without if that fails, because its policy only audits" : "";
            if (dane.label() == SecurityLabel.VERIFIED_STS) {
                return "authenticated (" + usages(dane) + ") to %, which the domain's MTA-STS policy names" + audited;
            }
            return dane.label() == SecurityLabel.VERIFIED ? "authenticated (" + usages(dane) + ") to %" + audited
                : "host-authenticated (" + usages(dane) + ") to %, which unsigned MX records name" + audited;
        }
        if (requirement instanceof TlsRequirement.Pkix) {
            return "authenticated by a public CA to %";
        }
        if (requirement instanceof TlsRequirement.Sts) {
            return "authenticated by a public CA to %, as its domain's MTA-STS policy demands"
                + (policy.dane() == Policy.Dane.AUDIT ? ", or without if that fails, because its policy only audits"
                    : stsAudited ? ", or without if that fails, because policy.mta-sts only audits" : "");
        }
        String why = why(policy, host);
        if (requirement instanceof TlsRequirement.Encrypt) {
            return "encrypted but unauthenticated to %, because " + why;
        }
        return requirement instanceof TlsRequirement.NoTls ? "without TLS to %, because the policy says so"
            : "unauthenticated, encrypted only if TLS is offered, to %, because " + why;
    }

    private static String why(Policy policy, HostFinding host) {
        if (!policy.usesDane()) {
            return "the policy does not use DANE";
        }
        TlsaDiscovery discovery = host.discovery().orElseThrow();
        if (discovery instanceof TlsaDiscovery.Unusable unusable) {
            return "none of its TLSA records can be used: " + unusable.records().get(0).reason();
        }
        return discovery instanceof TlsaDiscovery.NotApplicable none ? none.why().toString() : "it has no secure TLSA records";
    }

    private static String usages(TlsRequirement.Dane dane) {
        Set<String> names = new TreeSet<>();
        for (TlsaRecord each : dane.records().records()) {
            names.add(each.usage() == TlsaUsability.DANE_EE ? "DANE-EE" : "DANE-TA");
        }
        return String.join(" or ", names);
    }
}
