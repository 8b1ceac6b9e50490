/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.DaneVerifier;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.channel.Verification;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.delivery.diagnosis.Explanation.Ending;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.TlsaRecord;
import org.jamesdane.mtasts.CachedPolicy;
import org.jamesdane.mtasts.StsPolicy;

/** Warnings of what works now and will break soon, or protects less than it looks like. */
final class Warnings {
    /** A public CA's certificates are replaced weeks before they end; one that was not by then has been forgotten. */
    static final Duration CERTIFICATE = Duration.ofDays(14);
    /** Signatures are made anew long before they end; this is the last moment for someone to look. */
    static final Duration SIGNATURE = Duration.ofDays(2);
    /** Signatures that live for a day or two are in order until the last part of their time. */
    static final int SIGNATURE_SHARE = 8;
    private static final int MAX_SIGNATURES = 5;

    private final Explanation explanation;
    private final Instant now;
    private final Set<String> warnings = new LinkedHashSet<>();

    private Warnings(Explanation explanation, Instant now) {
        this.explanation = explanation;
        this.now = now;
    }

    static List<String> of(Explanation explanation, List<AddressProbe> probes, Instant now) {
        Warnings all = new Warnings(explanation, now);
        all.signatures();
        all.unprotectedHosts();
        all.unnamedHosts();
        all.policyHost();
        probes.forEach(all::address);
        return List.copyOf(all.warnings);
    }

    private void signatures() {
        Set<String> told = new LinkedHashSet<>();
        explanation.signatures().filter(this::endsSoon).forEach(ending -> {
            Proof.Link link = ending.link();
            told.add("The signature over " + link.owner() + " " + link.type() + ", made by the zone " + link.zone() + ", ends at "
                + link.expiration() + "; it has to be made anew before, or mail is deferred.");
        });
        told.stream().limit(MAX_SIGNATURES).forEach(warnings::add);
    }

    private boolean endsSoon(Ending ending) {
        Proof.Link link = ending.link();
        Duration share = Duration.between(link.inception(), link.expiration()).dividedBy(SIGNATURE_SHARE);
        Duration margin = share.compareTo(SIGNATURE) < 0 ? share : SIGNATURE;
        return link.expiration().minus(margin).isBefore(now);
    }

    /** An attacker who keeps the authenticated hosts from answering leads mail to the others. */
    private void unprotectedHosts() {
        List<MxHost> authenticated = new ArrayList<>();
        List<MxHost> others = new ArrayList<>();
        explanation.hosts().forEach(host -> host.usable().ifPresent(requirement ->
            (requirement instanceof TlsRequirement.Dane || requirement instanceof TlsRequirement.Sts ? authenticated : others)
                .add(host.host())));
        if (!authenticated.isEmpty()) {
            others.forEach(host -> warnings.add(host + " has no usable TLSA records, while " + authenticated.get(0)
                + " has to authenticate itself: mail can be led there without authentication."));
        }
    }

    private void policyHost() {
        explanation.evidence().sts().certificateEnds().filter(end -> end.minus(CERTIFICATE).isBefore(now)).ifPresent(end ->
            warnings.add("The certificate of the domain's MTA-STS policy host ends at " + end + "; its policy can't be fetched then."));
    }

    /** Also for a policy in mode testing, which says what enforce would do. */
    private void unnamedHosts() {
        explanation.evidence().sts().policy().map(CachedPolicy::policy).filter(policy -> policy.mode() != StsPolicy.Mode.NONE)
            .ifPresent(policy -> explanation.hosts().stream().map(HostFinding::host)
                .filter(host -> !(host instanceof MxHost.Named named && policy.names(named.name())))
                .forEach(host -> warnings.add("The domain's MTA-STS policy does not name " + host + "; senders that follow it use the "
                    + "host only under DANE.")));
    }

    private void address(AddressProbe probe) {
        probe.failure().ifPresent(failure -> warnings.add(probe.shown() + " would not be used: " + failure.text() + "; "
            + failure.kind().advice() + "."));
        // A raw public key, and a certificate that cannot be read, have no end to warn of.
        Optional<Instant> known = probe.chain().stream().findFirst().flatMap(PeerCertificate::parsed)
            .map(leaf -> leaf.getNotAfter().toInstant());
        if (known.isPresent() && probe.check().orElse(null) instanceof ChannelCheck.Permitted permitted) {
            Instant end = known.get();
            boolean soon = end.minus(CERTIFICATE).isBefore(now);
            byPublicAuthority(probe, end, soon);
            permitted.match().ifPresent(match -> {
                if (match.record().usage() == TlsaUsability.DANE_EE) {
                    successor(probe, match.record(), end, soon);
                } else if (soon) {
                    warnings.add(probe.shown() + " has a certificate that ends at " + end + "; mail is deferred then.");
                }
            });
        }
    }

    /** MTA-STS gives no second chance: a policy that outlives the certificate holds mail back until there is a new one. */
    private void byPublicAuthority(AddressProbe probe, Instant end, boolean soon) {
        boolean outlived = explanation.evidence().sts().policy().filter(kept -> kept.expires().isAfter(end)).isPresent();
        if (probe.requirement() instanceof TlsRequirement.Sts && (soon || outlived)) {
            warnings.add(probe.shown() + " has a certificate that ends at " + end + (outlived
                ? ", before the domain's MTA-STS policy does; it has to be replaced before, or mail is deferred."
                : "; mail is deferred then."));
        }
    }

    /** RFC 7671 §8.1: the record of the next certificate or key has to be published before it is used. */
    private void successor(AddressProbe probe, TlsaRecord matched, Instant end, boolean soon) {
        if (!(probe.requirement() instanceof TlsRequirement.Dane dane) || coversAnother(probe, dane)) {
            return;
        }
        if (matched.selector() == TlsaUsability.CERT) {
            warnings.add(probe.shown() + " has TLSA records for its present certificate only; the next certificate (this one ends at "
                + end + ") will not match, unless its record is published before.");
        } else if (soon) {
            warnings.add(probe.shown() + " has a certificate that ends at " + end + ", and TLSA records for its key only; the next "
                + "certificate has to have the same key, or its record has to be published before.");
        }
    }

    /** Tests whether there is a record for what the host does not show yet, or for an issuer. */
    private boolean coversAnother(AddressProbe probe, TlsRequirement.Dane dane) {
        return dane.records().records().stream().anyMatch(each -> each.usage() == TlsaUsability.DANE_TA
            ? matches(probe, dane, each) : !matches(probe, dane, each));
    }

    private boolean matches(AddressProbe probe, TlsRequirement.Dane dane, TlsaRecord each) {
        return TlsaUsability.of(List.of(each)).usable()
            .map(only -> DaneVerifier.verify(probe.chain(), only, dane.names(), now) instanceof Verification.Verified).orElse(false);
    }
}
