/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.outcome.HostAttempt;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.outcome.OutcomeRules;
import org.jamesdane.dane.outcome.RecipientKey;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.StsRules;

/**
 * Expected fate of mail to a destination, as far as the DNS decides it.
 *
 * @param kind in one word
 * @param sentence for people
 * @param reason why it is not delivered; empty if it is
 */
public record Forecast(Kind kind, String sentence, Optional<Outcome.Reason> reason) {

    /** Expected fate of the mail; of several hosts the weakest counts. */
    public enum Kind {
        /** Only over TLS, to hosts that DANE authenticates and the domain securely named. */
        AUTHENTICATED,
        /** Only over TLS, to hosts that an MTA-STS policy in mode enforce names, and DANE or a public CA authenticates. */
        AUTHENTICATED_STS,
        /** Only over TLS, to hosts that DANE authenticates and unsigned MX records name. */
        HOST_AUTHENTICATED,
        /** Only over TLS, with whomever. */
        ENCRYPTED,
        /** Over TLS if it can be had, else in clear text. */
        UNPROTECTED,
        /** The mail waits. */
        DEFERRED,
        /** The mail is returned. */
        BOUNCED,
        /** A fault of this server's own: nothing can be said of the destination. */
        UNKNOWN;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private static final RecipientKey RECIPIENT = new RecipientKey("-");

    /** Forecast from the findings of the DNS. */
    static Forecast of(NextHop nextHop, Policy policy, Routing routing, List<HostFinding> hosts, StsEvidence sts) {
        if (routing instanceof Routing.NoRoute none) {
            return undelivered(nextHop, OutcomeRules.conclude(List.of(RECIPIENT), none, nextHop.toString()).get(0));
        }
        List<HostAttempt> failed = hosts.stream().flatMap(host -> host.failure().stream())
            .<HostAttempt>map(HostAttempt.Failed::new).toList();
        if (hosts.stream().allMatch(host -> host.usable().isEmpty())) {
            List<StsRules.Tried> tried = hosts.stream().flatMap(host -> host.failure().map(failure ->
                new StsRules.Tried(host.decision().orElseGet(() -> notJudged(failure)), Optional.of(failure))).stream()).toList();
            return failed(nextHop, policy, failed, sts.deferral(tried));
        }
        return new Forecast(kind(policy, hosts, sts), SummarySentence.of(nextHop, policy, hosts, sts), Optional.empty());
    }

    /** A host without an address to connect to: MTA-STS has no part in that. */
    static StsRules.Decision notJudged(HostFailure failure) {
        return StsRules.Decision.without(new TlsRequirement.HostNotUsed(new MxHost.Named(DomainName.ROOT, 0), failure));
    }

    /**
     * Forecast from attempts that all failed.
     *
     * @param forSts the finding of an audit of MTA-STS, if that alone would hold the mail back
     */
    static Forecast failed(NextHop nextHop, Policy policy, List<HostAttempt> failed, Optional<AuditRules.Audited> forSts) {
        return forSts.map(found -> new Forecast(Kind.UNPROTECTED, "Mail to " + nextHop + " goes without MTA-STS, because policy.mta-sts "
            + "only audits; enforce would defer it: " + found.failures().get(0).sentence() + ".", Optional.empty()))
            .orElseGet(() -> failed(nextHop, policy, failed));
    }

    private static Forecast failed(NextHop nextHop, Policy policy, List<HostAttempt> failed) {
        return AuditRules.finding(policy, failed).filter(found -> found.finding() == AuditRules.Finding.WOULD_HAVE_DEFERRED)
            .map(found -> unaudited(nextHop, found.failures().get(0)))
            .orElseGet(() -> undelivered(nextHop, OutcomeRules.conclude(List.of(RECIPIENT), failed, policy).get(0)));
    }

    private static Forecast unaudited(NextHop nextHop, HostFailure failure) {
        return new Forecast(Kind.UNPROTECTED, "Mail to " + nextHop + " goes without DANE, because its policy only audits; the policy dane "
            + "would defer it: " + failure.sentence() + ".", Optional.empty());
    }

    private static Forecast undelivered(NextHop nextHop, Outcome outcome) {
        if (outcome instanceof Outcome.Bounced bounced) {
            return new Forecast(Kind.BOUNCED, "Mail to " + nextHop + " is returned (" + bounced.reason().code() + "): "
                + told(bounced.reason()) + ".", Optional.of(bounced.reason()));
        }
        Outcome.Reason reason = ((Outcome.Deferred) outcome).reason();
        return reason.ownFault()
            ? new Forecast(Kind.UNKNOWN, "Nothing can be said of mail to " + nextHop + ", because of a fault on this side: "
                + told(reason) + ".", Optional.of(reason))
            : new Forecast(Kind.DEFERRED, "Mail to " + nextHop + " is deferred (" + reason.code() + "): " + told(reason) + ".",
                Optional.of(reason));
    }

    private static String told(Outcome.Reason reason) {
        int others = reason.failures().size() - 1;
        return reason.text() + (others > 0 ? " (and " + others + (others == 1 ? " other host fails" : " other hosts fail") + ")" : "");
    }

    private static Kind kind(Policy policy, List<HostFinding> hosts, StsEvidence sts) {
        List<Kind> kinds = new ArrayList<>();
        // A host that fails an audit of MTA-STS is sent to all the same, by what DANE and the operator's policy say.
        hosts.forEach(host -> host.usable().ifPresent(requirement -> kinds.add(kind(policy, sts.isAudited()
            ? host.decision().map(StsRules.Decision::withoutSts).orElse(requirement) : requirement))));
        return kinds.stream().max(Kind::compareTo).orElseThrow();
    }

    /** Contribution of a host that meets its requirement. */
    static Kind kind(Policy policy, TlsRequirement requirement) {
        if (requirement instanceof TlsRequirement.Dane dane && policy.dane() != Policy.Dane.AUDIT) {
            return dane.label() == SecurityLabel.VERIFIED ? Kind.AUTHENTICATED
                : dane.label() == SecurityLabel.VERIFIED_STS ? Kind.AUTHENTICATED_STS : Kind.HOST_AUTHENTICATED;
        }
        if (requirement instanceof TlsRequirement.Sts && policy.dane() != Policy.Dane.AUDIT) {
            return Kind.AUTHENTICATED_STS;
        }
        if (requirement instanceof TlsRequirement.Pkix) {
            return Kind.HOST_AUTHENTICATED;
        }
        // A host whose audit fails is sent to all the same, as the policy's other axis says.
        return policy.tls() == Policy.Tls.ENCRYPT || (requirement instanceof TlsRequirement.Encrypt && policy.dane() != Policy.Dane.AUDIT)
            ? Kind.ENCRYPTED : Kind.UNPROTECTED;
    }
}
