/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.trace;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.PolicySelection;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;

/** Puts decisions into words, one after the other, as {@link TraceRecorder} remembers them. */
final class TraceWriter {
    private final String domain;
    private final List<DecisionTrace.Step> steps = new ArrayList<>();

    TraceWriter(NextHop nextHop) {
        this.domain = nextHop.toString();
    }

    DecisionTrace trace() {
        return new DecisionTrace(domain, steps);
    }

    void policy(PolicySelection selection) {
        add(DecisionTrace.Stage.POLICY, domain, selection.policy().toString(), selection.policy() + " (" + selection.source() + ")",
            RfcSection.LOCAL_POLICY, List.of());
    }

    void lookup(String type, Resolution<? extends DnsRecord> answer) {
        List<String> details = new ArrayList<>();
        for (Resolution.AliasStep step : answer.aliases()) {
            details.add(step.owner() + " is an alias of " + step.target() + ", " + proved(step.proof()));
        }
        answer.records().forEach(found -> details.add(found.toString()));
        if (answer.terminal() instanceof Lookup.Answer<?> last) {
            last.proof().chain().forEach(link -> details.add("proof: " + link));
        }
        String result = Labels.of(answer.terminal());
        String text = answer.terminal() instanceof Lookup.Failed<?> failed ? failed.reason() + ", " + failed.text()
            : result + ", " + (answer.isSecure() ? "secure" : answer.insecurity().map(TraceWriter::proved).orElse("insecure"));
        add(DecisionTrace.Stage.LOOKUP, type + " " + answer.name(),
            result + answer.security().map(security -> "/" + Labels.of(security)).orElse(""), text, RfcSection.LOOKUP_SECURITY, details);
    }

    void routing(Routing routing) {
        if (routing instanceof Routing.Route route) {
            List<String> details = new ArrayList<>();
            route.hosts().forEach(host -> details.add("host " + host + ", preference " + host.preference()));
            details.addAll(route.notes());
            String kind = Labels.of(route.kind());
            add(DecisionTrace.Stage.ROUTE, domain, kind + "/" + Labels.of(route.security()), kind + ", " + Labels.of(route.security())
                + ", expanded to " + route.expanded(), rule(route.kind()), details);
        } else if (routing instanceof Routing.NoRoute none) {
            add(DecisionTrace.Stage.ROUTE, domain, none.code().toString(), none.text(), none.section(), List.of());
        }
    }

    private static RfcSection rule(Routing.Kind kind) {
        return switch (kind) {
            case EXPLICIT_MX -> RfcSection.MX_RESOLUTION;
            case IMPLICIT_MX, GATEWAY -> RfcSection.ADDRESSES_FIRST;
            case ADDRESS_LITERAL -> RfcSection.TLS_DISCOVERY;
        };
    }

    void addresses(HostAddresses addresses) {
        if (addresses instanceof HostAddresses.Found found) {
            List<String> details = new ArrayList<>(found.addresses().stream().map(InetAddress::getHostAddress).toList());
            details.addAll(found.notes());
            add(DecisionTrace.Stage.ADDRESS, found.host().toString(), Labels.of(found.security()), found.addresses().size() + " addresses, "
                + Labels.of(found.security()), RfcSection.ADDRESSES_FIRST, details);
        } else if (addresses instanceof HostAddresses.Ourselves ourselves) {
            add(DecisionTrace.Stage.ADDRESS, ourselves.host().toString(), "ourselves", ourselves.address().getHostAddress()
                + " is this server", RfcSection.LOCATING_THE_HOST, List.of());
        } else if (addresses instanceof HostAddresses.NotFound none) {
            failure(none.failure());
        }
    }

    void discovery(MxHost host, TlsaDiscovery discovery) {
        List<String> details = new ArrayList<>();
        discovery.asked().forEach(asked -> details.add("asked " + asked.name() + ": " + Labels.of(asked.terminal())
            + asked.security().map(security -> ", " + Labels.of(security)).orElse("")));
        if (discovery instanceof TlsaDiscovery.NotApplicable none) {
            add(DecisionTrace.Stage.TLSA, host.toString(), "not-applicable", "DANE does not apply: " + none.why(), none.why().section(),
                details);
        } else if (discovery instanceof TlsaDiscovery.Absent) {
            add(DecisionTrace.Stage.TLSA, host.toString(), "absent", "no secure TLSA records", RfcSection.TLSA_LOOKUP, details);
        } else if (discovery instanceof TlsaDiscovery.Unusable unusable) {
            unusable.records().forEach(each -> details.add("unusable: " + each));
            add(DecisionTrace.Stage.TLSA, host.toString(), "unusable", "secure TLSA records at " + unusable.base()
                + ", none of them usable", RfcSection.USABILITY, details);
        } else if (discovery instanceof TlsaDiscovery.Usable usable) {
            usable.records().records().forEach(each -> details.add("usable: " + each));
            usable.records().leftOut().forEach(each -> details.add("left out: " + each));
            add(DecisionTrace.Stage.TLSA, host.toString(), "usable", "usable secure TLSA records at " + usable.base(),
                RfcSection.TLSA_LOOKUP, details);
        } else if (discovery instanceof TlsaDiscovery.LookupFailed failed) {
            add(DecisionTrace.Stage.TLSA, host.toString(), "failed", "the TLSA lookup at " + failed.base() + " failed: "
                + failed.failure().reason() + ", " + failed.failure().text(), RfcSection.LOOKUP_FAILURE, details);
        }
    }

    void requirement(TlsRequirement requirement) {
        String host = requirement.host().toString();
        if (requirement instanceof TlsRequirement.HostNotUsed refused) {
            add(DecisionTrace.Stage.REQUIREMENT, host, "not-used", refused.failure().sentence(), refused.failure().section(), List.of());
        } else if (requirement instanceof TlsRequirement.Dane dane) {
            add(DecisionTrace.Stage.REQUIREMENT, host, "dane", "authenticated by TLSA records", RfcSection.MATCHING,
                List.of("server name " + dane.base(), "names " + dane.names()));
        } else if (requirement instanceof TlsRequirement.Pkix) {
            add(DecisionTrace.Stage.REQUIREMENT, host, "pkix", "authenticated by a public CA", RfcSection.LOCAL_POLICY, List.of());
        } else if (requirement instanceof TlsRequirement.Sts sts) {
            add(DecisionTrace.Stage.REQUIREMENT, host, "sts", "authenticated by a public CA, as the MTA-STS policy " + sts.policyId()
                + " demands", RfcSection.STS_CERTIFICATE, List.of("server name " + sts.name()));
        } else if (requirement instanceof TlsRequirement.Encrypt) {
            add(DecisionTrace.Stage.REQUIREMENT, host, "encrypt", "TLS, unauthenticated",
                requirement.serverName().isPresent() ? RfcSection.TLS_DISCOVERY : RfcSection.LOCAL_POLICY, List.of());
        } else if (requirement instanceof TlsRequirement.Opportunistic) {
            add(DecisionTrace.Stage.REQUIREMENT, host, "opportunistic", "TLS if it can be had", RfcSection.TLS_DISCOVERY, List.of());
        } else {
            add(DecisionTrace.Stage.REQUIREMENT, host, "none", "no TLS", RfcSection.LOCAL_POLICY, List.of());
        }
    }

    void check(MxHost host, Channel channel, ChannelCheck check) {
        List<String> details = new ArrayList<>();
        channel.tls().ifPresent(tls -> details.add(tls.protocol() + " " + tls.cipherSuite()
            + tls.serverName().map(name -> " for " + name).orElse("")));
        if (check instanceof ChannelCheck.Permitted permitted) {
            permitted.match().ifPresent(match -> details.add("matched " + match.record() + " at depth " + match.depth()
                + match.name().map(name -> " by name " + name).orElse("")));
            add(DecisionTrace.Stage.CHECK, host.toString(), permitted.label().toString(), "the channel is " + permitted.label(),
                rule(permitted), details);
        } else if (check instanceof ChannelCheck.Refused refused) {
            refused.verdicts().forEach(verdict -> details.add(verdict.toString()));
            add(DecisionTrace.Stage.CHECK, host.toString(), "refused", refused.failure().sentence(), refused.failure().section(), details);
        }
    }

    /** A match, the word of a public CA, or a channel that had to meet no more than TLS, if that. */
    private static RfcSection rule(ChannelCheck.Permitted permitted) {
        if (permitted.match().isPresent()) {
            return RfcSection.MATCHING;
        }
        return switch (permitted.label()) {
            case HOST_AUTHENTICATED -> RfcSection.LOCAL_POLICY;
            case VERIFIED_STS -> RfcSection.STS_CERTIFICATE;
            case CLEAR, ENCRYPTED, VERIFIED -> RfcSection.TLS_DISCOVERY;
        };
    }

    void failure(HostFailure failure) {
        List<String> details = failure.reportType().map(type -> List.of("report as " + type)).orElse(List.of());
        add(DecisionTrace.Stage.FAILURE, failure.host(), Labels.of(failure.kind()), failure.sentence(), failure.section(), details);
    }

    void audited(AuditRules.Audited audited) {
        add(DecisionTrace.Stage.AUDIT, domain, audited.finding().toString(), audited.finding().toString(), RfcSection.LOCAL_POLICY,
            audited.failures().stream().map(HostFailure::sentence).toList());
    }

    void outcome(Outcome outcome) {
        String recipient = outcome.recipient().address();
        if (outcome instanceof Outcome.Delivered delivered) {
            add(DecisionTrace.Stage.OUTCOME, recipient, "delivered/" + delivered.label(), "delivered to " + delivered.host()
                + ", " + delivered.label() + ": " + delivered.reply(), RfcSection.SMTP_REPLIES, List.of());
        } else if (outcome instanceof Outcome.Deferred deferred) {
            add(DecisionTrace.Stage.OUTCOME, recipient, "deferred/" + deferred.reason().code(), deferred.reason().text(),
                deferred.reason().section(), List.of());
        } else if (outcome instanceof Outcome.Bounced bounced) {
            add(DecisionTrace.Stage.OUTCOME, recipient, "bounced/" + bounced.reason().code(), bounced.reason().text(),
                bounced.reason().section(), List.of());
        }
    }

    private void add(DecisionTrace.Stage stage, String subject, String result, String text,
            RfcSection section, List<String> details) {
        steps.add(new DecisionTrace.Step(stage, subject, result, text, section, details));
    }

    private static String proved(Proof proof) {
        return proof instanceof Proof.Insecure insecure
            ? "insecure (" + Labels.of(insecure.cause()) + " at " + insecure.zone() + ")" : Labels.of(proof.security());
    }
}
