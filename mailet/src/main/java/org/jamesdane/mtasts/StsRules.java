/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.Fault;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dns.Security;

/**
 * Decision table of MTA-STS beside DANE: from DANE's decision on a host and the policy of the domain to the requirement on a connection.
 *
 * <p>DANE goes first. A host that DANE excludes stays excluded (RFC 8461 §2). A certificate that TLSA records authenticate needs no public
 * CA. Signed MX records prove the host's name, and then the list of the policy is not asked either. Hosts are not taken out of the route
 * beforehand: each is judged in its turn (RFC 8461 §8.4).
 */
public final class StsRules {
    private final StsDemand demand;
    private final Routing.Route route;
    private final Authorities anchors;
    private final Instant now;

    /**
     * The rules for one delivery.
     *
     * @param anchors the public CAs
     * @param now the present; a policy whose lifetime is over does not count
     */
    public StsRules(StsDemand demand, Routing.Route route, Authorities anchors, Instant now) {
        this.demand = demand;
        this.route = route;
        this.anchors = anchors;
        this.now = now;
    }

    /** Part that a policy has in the requirement on a host. */
    public enum Part {
        /** None. */
        NONE,
        /** The policy is in mode {@code testing}: its failures are reported, nothing else. */
        REPORT,
        /** The policy names the host, which TLSA records authenticate. */
        LIST,
        /** The policy names the host, which a public CA authenticates. */
        LIST_AND_CERTIFICATE,
        /** The policy does not name the host. */
        MISMATCH
    }

    /**
     * Decision on a host.
     *
     * @param requirement the requirement on a connection
     * @param withoutSts the requirement by DANE alone, for the second pass of an audit
     * @param part the policy's part in the requirement
     * @param policy the policy that has a part; empty for {@link Part#NONE}
     */
    public record Decision(TlsRequirement requirement, TlsRequirement withoutSts, Part part, Optional<CachedPolicy> policy) {
        /** A decision in which MTA-STS has no part. */
        public static Decision without(TlsRequirement byDane) {
            return new Decision(byDane, byDane, Part.NONE, Optional.empty());
        }

        /** Failure to report where the policy is in mode {@code testing} and does not name the host (RFC 8461 §5). */
        public Optional<HostFailure> testedMismatch() {
            return part == Part.REPORT ? policy.filter(kept -> !names(kept, requirement.host()))
                .map(kept -> mismatch(kept, requirement.host())) : Optional.empty();
        }

        /**
         * Requirement to compare a connection with where the policy is in mode {@code testing}, only for the report of a failure. Empty
         * where TLSA records authenticate the host, or the policy does not name the host.
         */
        public Optional<TlsRequirement.Sts> tested(Authorities anchors) {
            return part == Part.REPORT && !(withoutSts instanceof TlsRequirement.Dane) && requirement.host() instanceof MxHost.Named named
                ? policy.filter(kept -> names(kept, named)).map(kept -> sts(named, anchors, kept)) : Optional.empty();
        }

        /** Tests whether the decision still holds when a permit is issued: no policy with a part in it has ended. */
        public boolean holdsAt(Instant now) {
            return policy.filter(kept -> !kept.isInForce(now)).isEmpty();
        }

        /** Tests whether the host would have passed but for MTA-STS. */
        boolean isForSts(HostFailure failure) {
            boolean tls = failure.kind().isForWantOfTls() && part == Part.LIST_AND_CERTIFICATE && !withoutSts.needsTls();
            return (failure.kind().isForSts() || tls) && !failure.ownFault();
        }
    }

    /**
     * A host that was tried.
     *
     * @param failure the failure; empty if a transaction was begun
     * @param decided whether the host decided about a recipient for good, or may have
     */
    public record Tried(Decision decision, Optional<HostFailure> failure, boolean decided) {
        /** A host that decided about all recipients if a transaction was begun. */
        public Tried(Decision decision, Optional<HostFailure> failure) {
            this(decision, failure, failure.isEmpty());
        }
    }

    /**
     * Judges a host of the route.
     *
     * @param byDane the requirement by DANE and the operator's policy
     */
    public Decision judge(TlsRequirement byDane, StsDiscovery discovery) {
        return byDaneAlone(byDane).orElseGet(() -> judgeBeside(byDane, discovery));
    }

    /** Decision on a host that does not depend on any MTA-STS policy; empty where it may. */
    public Optional<Decision> byDaneAlone(TlsRequirement byDane) {
        // RFC 8461 §2: no policy overrides a failing DANE validation.
        boolean alone = byDane instanceof TlsRequirement.HostNotUsed || demand.policy().dane() == Policy.Dane.MANDATORY
            || isDaneAlone(byDane);
        return alone ? Optional.of(Decision.without(byDane)) : Optional.empty();
    }

    private Decision judgeBeside(TlsRequirement byDane, StsDiscovery discovery) {
        if (discovery instanceof StsDiscovery.Unreadable unreadable && !unreadable.excepted() && asks() && mayHold()) {
            return without(held(byDane, unreadable), byDane);
        }
        Optional<CachedPolicy> enforced = discovery(discovery, StsPolicy.Mode.ENFORCE);
        if (enforced.isPresent()) {
            return enforced(byDane, enforced.get());
        }
        TlsRequirement requirement = isUnauthenticated(byDane) ? unauthenticated(byDane) : byDane;
        return discovery(discovery, StsPolicy.Mode.TESTING)
            .map(kept -> new Decision(requirement, byDane, Part.REPORT, Optional.of(kept))).orElseGet(() -> without(requirement, byDane));
    }

    /** Tests whether the demand for an authenticated host is not met. A certificate for the name of a gateway meets it. */
    private boolean isUnauthenticated(TlsRequirement byDane) {
        return demand.policy().demandsAuthentication() && !(byDane instanceof TlsRequirement.Pkix);
    }

    /** Tests whether TLSA records authenticate a host that signed records named: MTA-STS has nothing to add. */
    private boolean isDaneAlone(TlsRequirement byDane) {
        return byDane instanceof TlsRequirement.Dane && route.security() == Security.SECURE;
    }

    private Optional<CachedPolicy> discovery(StsDiscovery discovery, StsPolicy.Mode mode) {
        return asks() ? discovery.inMode(mode, now) : Optional.empty();
    }

    /** Tests whether the demand lets MTA-STS hold mail back: an audit, of DANE or of MTA-STS, does not. */
    private boolean mayHold() {
        return demand.policy().dane() != Policy.Dane.AUDIT && !demand.auditsSts();
    }

    /** RFC 8461 §3.4: an address literal has no policy. */
    private boolean asks() {
        return demand.asksForSts() && route.kind() != Routing.Kind.ADDRESS_LITERAL;
    }

    /** Holds the mail, as a fault of this server: a policy in mode {@code enforce} may be kept which nobody can read. */
    private static TlsRequirement held(TlsRequirement byDane, StsDiscovery.Unreadable unreadable) {
        String host = byDane.host().toString();
        return new TlsRequirement.HostNotUsed(byDane.host(), HostFailure.internal(host, unreadable.text(), Fault.NODE));
    }

    private Decision enforced(TlsRequirement byDane, CachedPolicy kept) {
        MxHost host = byDane.host();
        if (!(host instanceof MxHost.Named named) || !names(kept, host)) {
            // RFC 8461 §4.1 and §5: no mail to a host that the policy does not name.
            return new Decision(new TlsRequirement.HostNotUsed(host, mismatch(kept, host)), byDane, Part.MISMATCH, Optional.of(kept));
        }
        if (byDane instanceof TlsRequirement.Dane dane) {
            // TLSA records authenticate the host, and the policy names it, which unsigned MX records cannot.
            return new Decision(new TlsRequirement.Dane(dane.host(), dane.records(), dane.base(), dane.names(), SecurityLabel.VERIFIED_STS),
                byDane, Part.LIST, Optional.of(kept));
        }
        return new Decision(sts(named, anchors, kept), byDane, Part.LIST_AND_CERTIFICATE, Optional.of(kept));
    }

    private static boolean names(CachedPolicy kept, MxHost host) {
        return host instanceof MxHost.Named named && kept.policy().names(named.name());
    }

    private static HostFailure mismatch(CachedPolicy kept, MxHost host) {
        return HostFailure.stsMismatch(host.toString(), "the domain's MTA-STS policy " + kept.id() + " does not name it");
    }

    private static TlsRequirement.Sts sts(MxHost.Named host, Authorities anchors, CachedPolicy kept) {
        // RFC 8461 §4.2: the name is that of the MX record, or the domain itself, never what an alias of it leads to.
        return new TlsRequirement.Sts(host, host.name(), anchors, kept.id());
    }

    private static Decision without(TlsRequirement requirement, TlsRequirement byDane) {
        return new Decision(requirement, byDane, Part.NONE, Optional.empty());
    }

    private TlsRequirement unauthenticated(TlsRequirement byDane) {
        String text = byDane instanceof TlsRequirement.Dane
            ? "the policy demands an authenticated host, but neither signed MX records nor an MTA-STS policy in mode enforce name it"
            : "the policy demands an authenticated host, but it has no usable TLSA records, and the domain has no MTA-STS policy in mode "
                + "enforce";
        return new TlsRequirement.HostNotUsed(byDane.host(), HostFailure.authenticationRequired(byDane.host().toString(), text));
    }

    /**
     * Finding of an audit of MTA-STS; empty where the demand is another, and where MTA-STS changed nothing. A second pass, by {@link
     * Decision#withoutSts}, is due for {@link AuditRules.Finding#WOULD_HAVE_DEFERRED} alone. It is due whatever kept the other hosts from
     * taking the mail: without MTA-STS, those that it refuses would have been asked, too. All that DANE demands holds in that pass.
     *
     * @param tried all hosts of the route, in their order
     */
    public static Optional<AuditRules.Audited> finding(StsDemand demand, List<Tried> tried) {
        List<HostFailure> forSts = tried.stream()
            .flatMap(each -> each.failure().filter(each.decision()::isForSts).stream()).toList();
        if (!demand.auditsSts() || forSts.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new AuditRules.Audited(tried.stream().anyMatch(Tried::decided) ? AuditRules.Finding.WOULD_HAVE_SKIPPED
            : AuditRules.Finding.WOULD_HAVE_DEFERRED, forSts));
    }
}
