/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.routing.Asked;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.dane.trace.Labels;
import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.CnameRecord;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.MxRecord;
import org.jamesdane.dns.Proof;

/** The parts of an {@link Explanation} as maps and lists. */
final class ExplanationTree {
    private ExplanationTree() {
    }

    static Map<String, Object> of(Routing routing) {
        Map<String, Object> tree = new LinkedHashMap<>();
        if (routing instanceof Routing.Route route) {
            tree.put("kind", Labels.of(route.kind()));
            tree.put("security", Labels.of(route.security()));
            tree.put("expanded", route.expanded());
            tree.put("hosts", route.hosts().stream()
                .map(host -> Map.of("host", host.toString(), "preference", host.preference())).toList());
            tree.put("notes", route.notes());
        } else if (routing instanceof Routing.NoRoute none) {
            tree.put("kind", "none");
            tree.put("code", none.code().toString());
            tree.put("text", none.text());
        }
        return tree;
    }

    static Map<String, Object> of(HostFinding host) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("host", host.host().toString());
        tree.put("preference", host.host().preference());
        if (host.addresses() instanceof HostAddresses.Found found) {
            tree.put("addresses", found.addresses().stream().map(InetAddress::getHostAddress).toList());
            tree.put("addressSecurity", Labels.of(found.security()));
            tree.put("aliases", found.aliases().stream().map(ExplanationTree::of).toList());
            tree.put("notes", found.notes());
        } else if (host.addresses() instanceof HostAddresses.Ourselves ourselves) {
            tree.put("addresses", List.of(ourselves.address().getHostAddress()));
            tree.put("notes", List.of("this is this server"));
        }
        host.discovery().ifPresent(discovery -> tree.put("tlsa", of(discovery)));
        host.requirement().ifPresent(requirement -> tree.put("requirement", of(requirement)));
        host.failure().ifPresent(failure -> tree.put("failure", of(failure)));
        return tree;
    }

    private static Map<String, Object> of(TlsaDiscovery discovery) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("result", Labels.of(discovery));
        tree.put("candidates", discovery.asked().stream().map(ExplanationTree::candidate).toList());
        if (discovery instanceof TlsaDiscovery.NotApplicable none) {
            tree.put("why", none.why().toString());
        } else if (discovery instanceof TlsaDiscovery.Usable usable) {
            tree.put("base", usable.base().toString());
            tree.put("usable", texts(usable.records().records()));
            tree.put("unusable", unusable(usable.records().leftOut()));
        } else if (discovery instanceof TlsaDiscovery.Unusable none) {
            tree.put("base", none.base().toString());
            tree.put("unusable", unusable(none.records()));
        } else if (discovery instanceof TlsaDiscovery.LookupFailed failed) {
            tree.put("base", failed.base().toString());
            tree.put("failure", of(failed.failure()));
        }
        return tree;
    }

    private static Map<String, Object> candidate(Resolution<?> asked) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", asked.name().toString());
        tree.put("answer", Labels.of(asked.terminal()));
        asked.security().ifPresent(security -> tree.put("security", Labels.of(security)));
        return tree;
    }

    private static List<Object> unusable(List<TlsaUsability.Unusable> records) {
        return records.stream().<Object>map(each -> Map.of("record", each.record().toString(), "reason", each.reason(),
            "section", each.section().toString())).toList();
    }

    private static Map<String, Object> of(TlsRequirement requirement) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("kind", Labels.of(requirement));
        requirement.serverName().ifPresent(name -> tree.put("serverName", name.toString()));
        if (requirement instanceof TlsRequirement.Dane dane) {
            tree.put("names", dane.names().stream().map(DomainName::toString).toList());
            tree.put("label", dane.label().toString());
        }
        return tree;
    }

    static Map<String, Object> of(HostFailure failure) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("kind", Labels.of(failure.kind()));
        tree.put("code", failure.code().toString());
        tree.put("text", failure.text());
        tree.put("advice", failure.kind().advice());
        tree.put("section", failure.section().toString());
        tree.put("ownFault", failure.ownFault());
        failure.reportType().ifPresent(type -> tree.put("resultType", type.toString()));
        return tree;
    }

    static Map<String, Object> of(Asked asked) {
        Resolution<? extends DnsRecord> answer = asked.answer();
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("type", asked.type());
        tree.put("name", answer.name().toString());
        tree.put("answer", Labels.of(answer.terminal()));
        answer.security().ifPresent(security -> tree.put("security", Labels.of(security)));
        tree.put("aliases", answer.aliases().stream().map(ExplanationTree::of).toList());
        tree.put("records", answer.records().stream().map(ExplanationTree::text).toList());
        answer.insecurity().ifPresent(proof -> tree.put("why", proof.headline()));
        if (answer.terminal() instanceof Lookup.Answer<?> found) {
            tree.put("ttl", found.ttl().toSeconds());
            found.proof().soonestExpiry().ifPresent(end -> tree.put("soonestExpiry", end.toString()));
            tree.put("chain", found.proof().chain().stream().map(ExplanationTree::of).toList());
        } else if (answer.terminal() instanceof Lookup.Failed<?> failed) {
            tree.put("failure", of(failed));
        }
        return tree;
    }

    private static Map<String, Object> of(Lookup.Failed<?> failed) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("reason", Labels.of(failed.reason()));
        tree.put("text", failed.text());
        failed.zone().ifPresent(zone -> tree.put("zone", zone.toString()));
        failed.extendedError().ifPresent(code -> tree.put("extendedError", code));
        return tree;
    }

    private static Map<String, Object> of(Resolution.AliasStep step) {
        return Map.of("owner", step.owner().toString(), "target", step.target().toString(), "security", Labels.of(step.security()));
    }

    static Map<String, Object> of(Proof.Link link) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("zone", link.zone().toString());
        tree.put("owner", link.owner().toString());
        tree.put("type", link.type());
        tree.put("keyTag", link.keyTag());
        tree.put("algorithm", link.algorithm());
        tree.put("inception", link.inception().toString());
        tree.put("expiration", link.expiration().toString());
        return tree;
    }

    private static String text(DnsRecord found) {
        if (found instanceof AddressRecord address) {
            return address.address().getHostAddress();
        }
        if (found instanceof MxRecord mx) {
            return mx.preference() + " " + mx.exchange();
        }
        return found instanceof CnameRecord alias ? alias.target().toString() : found.toString();
    }

    private static List<Object> texts(List<? extends DnsRecord> records) {
        List<Object> texts = new ArrayList<>();
        records.forEach(each -> texts.add(text(each)));
        return texts;
    }
}
