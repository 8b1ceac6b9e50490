/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.Fault;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.pkix.RecordVerdict;

/**
 * Check of a channel against the requirement of a delivery: the only maker of a {@link Permit}.
 */
public sealed interface ChannelCheck {

    /**
     * The channel meets the requirement.
     *
     * @param permit leave to send over that channel
     * @param match what authenticated the host, where it was authenticated by DANE
     */
    record Permitted(Permit permit, Optional<Verification.Verified> match) implements ChannelCheck {
        /** Security label of the delivery. */
        public SecurityLabel label() {
            return permit.label();
        }
    }

    /**
     * The channel does not meet the requirement.
     *
     * @param verdicts one for each TLSA record that was tried, the most telling first
     */
    record Refused(HostFailure failure, List<RecordVerdict> verdicts) implements ChannelCheck {
        public Refused {
            verdicts = List.copyOf(verdicts);
        }
    }

    /**
     * Checks a channel, before MAIL FROM and for every delivery anew.
     *
     * @param now the time at which certificates must be valid, where that matters
     */
    static ChannelCheck of(TlsRequirement requirement, Channel channel, Instant now) {
        if (requirement instanceof TlsRequirement.HostNotUsed refused) {
            return new Refused(refused.failure(), List.of());
        }
        String host = requirement.host().toString();
        if (requirement.needsTls() && channel.tls().isEmpty()) {
            return new Refused(HostFailure.startTlsMissing(host), List.of());
        }
        List<PeerCertificate> chain = channel.tls().map(Channel.Tls::peerChain).orElse(List.of());
        if (requirement instanceof TlsRequirement.Dane dane) {
            // RFC 7672 §3.2, RFC 6698 §4.1: no mail over a server that none of the usable records authenticates.
            Verification result = DaneVerifier.verify(chain, dane.records(), dane.names(), now);
            return result instanceof Verification.Verified verified
                ? new Permitted(new Permit(channel, dane.label()), Optional.of(verified)) : refused(host, result);
        }
        if (requirement instanceof TlsRequirement.Pkix pkix) {
            return PkixVerifier.problem(chain, pkix, now)
                .map(problem -> refused(FailureKind.IDENTITY_NOT_VERIFIED, host, problem, RfcSection.LOCAL_POLICY))
                .orElseGet(() -> new Permitted(new Permit(channel, SecurityLabel.HOST_AUTHENTICATED), Optional.empty()));
        }
        if (requirement instanceof TlsRequirement.Sts sts) {
            // RFC 8461 §5: under "enforce" no mail to a host that fails certificate validation.
            return PkixVerifier.problem(chain, sts, now)
                .map(problem -> refused(FailureKind.STS_NOT_AUTHENTICATED, host, problem, RfcSection.STS_CERTIFICATE))
                .orElseGet(() -> new Permitted(new Permit(channel, SecurityLabel.VERIFIED_STS), Optional.empty()));
        }
        return new Permitted(new Permit(channel, channel.tls().isPresent() ? SecurityLabel.ENCRYPTED : SecurityLabel.CLEAR),
            Optional.empty());
    }

    private static ChannelCheck refused(FailureKind kind, String host, PkixVerifier.Problem problem, RfcSection section) {
        return new Refused(new HostFailure(kind, host, problem.text(), section, Optional.of(problem.mismatch().reportType()),
            Optional.empty(), Fault.HOST), List.of());
    }

    private static Refused refused(String host, Verification result) {
        if (result instanceof Verification.NoMatch none) {
            RecordVerdict first = none.verdicts().get(0);
            String text = "no TLSA record matches its certificates: "
                + none.verdicts().stream().limit(3).map(RecordVerdict::toString).collect(Collectors.joining("; "))
                + (none.verdicts().size() > 3 ? " and " + (none.verdicts().size() - 3) + " more" : "");
            return new Refused(new HostFailure(FailureKind.NOT_AUTHENTICATED, host, text, RfcSection.MATCHING,
                Optional.of(first.mismatch().reportType()), Optional.empty(), Fault.HOST), none.verdicts());
        }
        String text = result instanceof Verification.Malformed malformed ? malformed.text() : result.toString();
        return new Refused(HostFailure.of(FailureKind.NOT_AUTHENTICATED, host, text, RfcSection.MATCHING), List.of());
    }
}
