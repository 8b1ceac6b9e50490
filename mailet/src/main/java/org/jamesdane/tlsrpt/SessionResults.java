/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.TlsReportType;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dns.DomainName;

/**
 * Rules of counting: from a session to what it adds to reports.
 *
 * <p>A session is counted once, under the one policy that decided on it (RFC 8460 §4.2). DANE goes before MTA-STS. A failure of the
 * network, a fault of this server and a failed look-up of MX records or addresses say nothing about TLS. They are not counted (RFC 8460
 * §4.3.4). Clear text after a failed handshake is no success. The recipient's domain hears of each session, the TLSA base domain of its own
 * (RFC 8460 §1.1).
 */
public final class SessionResults {
    static final String ALL_UNUSABLE = "all-TLSA-records-unusable";
    static final String NO_MATCH = "tlsa-no-match";
    static final String NO_CHAIN_TO_RECORD = "tlsa-no-valid-chain";
    static final String NO_TRUSTED_CHAIN = "no-chain-to-trusted-ca";
    static final String HANDSHAKE_FAILED = "tls-handshake-failed";

    private final TlsSession session;
    private final DomainName domain;

    private SessionResults(TlsSession session) {
        this.session = session;
        this.domain = session.domain();
    }

    /** The result of a session; empty where it is not counted. */
    public static Optional<SessionResult> of(TlsSession session) {
        SessionResults rules = new SessionResults(session);
        TlsRequirement requirement = session.requirement();
        // The policy "none", a gateway's certificate and a mail's own demand are no policies of the domain.
        boolean ours = requirement instanceof TlsRequirement.NoTls || requirement instanceof TlsRequirement.Pkix;
        if (ours || !session.exemptions().isEmpty()) {
            return Optional.empty();
        }
        return session.end() instanceof TlsSession.Refused refused ? rules.refused(refused)
            : rules.opened((TlsSession.Opened) session.end());
    }

    private Optional<SessionResult> refused(TlsSession.Refused refused) {
        HostFailure failure = refused.failure();
        if (failure.ownFault() || failure.reportType().isEmpty()) {
            return Optional.empty();
        }
        if (failure.kind().isForSts()) {
            return session.sts().map(sts -> failed(sts.policy(), refused));
        }
        if (session.discovery().orElse(null) instanceof TlsaDiscovery.LookupFailed failed) {
            return Optional.of(failed(ReportedPolicy.of(failed, mxHost(failed.base())), refused));
        }
        // RFC 8460 §4.3.2.1: none of the records is valid, and whatever else went wrong is counted under that.
        Optional<SessionResult> unusable = unusable();
        if (unusable.isPresent()) {
            return unusable;
        }
        return switch (failure.kind()) {
            case DANE_REQUIRED, AUTHENTICATION_REQUIRED -> Optional.of(failed(ReportedPolicy.none(domain), refused));
            default -> Optional.of(failed(policy(), refused));
        };
    }

    private Optional<SessionResult> opened(TlsSession.Opened opened) {
        Optional<SessionResult> unusable = unusable();
        if (unusable.isPresent()) {
            return unusable;
        }
        if (opened.gaveUp().isPresent()) {
            TlsSession.GaveUp gaveUp = opened.gaveUp().get();
            return Optional.of(failed(policy(), gaveUp.type(), reason(gaveUp.type(), gaveUp.alert())));
        }
        if (!opened.tls()) {
            return Optional.of(failed(policy(), TlsReportType.STARTTLS_NOT_SUPPORTED, Optional.empty()));
        }
        Optional<HostFailure> tested = isDane() ? Optional.empty() : session.sts().flatMap(TlsSession.Sts::tested);
        return Optional.of(tested.isPresent() ? failed(policy(), new TlsSession.Refused(tested.get(), Optional.empty()))
            : result(policy(), Optional.empty()));
    }

    /** RFC 8460 §4.3.2.1: secure records that cannot be used are a failure, also where the mail went by TLS. */
    private Optional<SessionResult> unusable() {
        return session.discovery().orElse(null) instanceof TlsaDiscovery.Unusable found && !(session.requirement()
            instanceof TlsRequirement.Sts) ? Optional.of(failed(ReportedPolicy.of(found, mxHost(found.base())), TlsReportType.TLSA_INVALID,
                Optional.of(ALL_UNUSABLE))) : Optional.empty();
    }

    private boolean isDane() {
        return session.requirement() instanceof TlsRequirement.Dane;
    }

    /** The policy that decided on a connection. */
    private ReportedPolicy policy() {
        if (isDane() && session.discovery().orElse(null) instanceof TlsaDiscovery.Usable found) {
            return ReportedPolicy.of(found, mxHost(found.base()));
        }
        return session.sts().map(TlsSession.Sts::policy).orElseGet(() -> ReportedPolicy.none(domain));
    }

    private String mxHost(DomainName base) {
        return session.requirement().host() instanceof MxHost.Named named ? named.name().toString() : base.toString();
    }

    private SessionResult failed(ReportedPolicy policy, TlsSession.Refused refused) {
        HostFailure failure = refused.failure();
        TlsReportType type = failure.reportType().orElse(TlsReportType.VALIDATION_FAILURE);
        return failed(policy, type, failure.reasonCode().or(() -> switch (failure.kind()) {
            case NOT_AUTHENTICATED -> ofCertificate(type, NO_CHAIN_TO_RECORD);
            case STS_NOT_AUTHENTICATED -> ofCertificate(type, NO_TRUSTED_CHAIN);
            case HANDSHAKE -> reason(type, refused.alert());
            default -> Optional.empty();
        }));
    }

    /** RFC 8460 §4.3.1: these two types say too little by themselves. */
    private static Optional<String> ofCertificate(TlsReportType type, String chain) {
        return switch (type) {
            case CERTIFICATE_NOT_TRUSTED -> Optional.of(chain);
            case VALIDATION_FAILURE -> Optional.of(NO_MATCH);
            default -> Optional.empty();
        };
    }

    private static Optional<String> reason(TlsReportType type, Optional<String> alert) {
        return type == TlsReportType.VALIDATION_FAILURE ? alert.or(() -> Optional.of(HANDSHAKE_FAILED)) : Optional.empty();
    }

    private SessionResult failed(ReportedPolicy policy, TlsReportType type, Optional<String> reasonCode) {
        return result(policy, Optional.of(new FailureDetail(type, reasonCode, session.where())));
    }

    private SessionResult result(ReportedPolicy policy, Optional<FailureDetail> failure) {
        Set<DomainName> domains = new LinkedHashSet<>(Set.of(domain));
        if (policy.type() == ReportedPolicy.Type.TLSA) {
            domains.add(policy.domain());
        }
        return new SessionResult(policy, failure, domains);
    }
}
