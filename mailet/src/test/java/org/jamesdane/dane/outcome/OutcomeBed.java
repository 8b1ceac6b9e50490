/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.dane.CertificateZoo;
import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dns.DomainName;

/** Attempts at two hosts, and what is concluded from them. */
abstract class OutcomeBed {
    static final Instant NOW = CertificateZoo.NOW;
    static final RecipientKey RECIPIENT = new RecipientKey("a@example.com");
    static final MxHost OTHER = new MxHost.Named(DomainName.of("mx2.example.com"), 20);

    static HostAttempt failed(FailureKind kind, String host) {
        return new HostAttempt.Failed(HostFailure.of(kind, host, "it failed", RfcSection.MATCHING));
    }

    static HostAttempt transacted(MxHost host, Map<RecipientKey, RecipientReply> replies) {
        ChannelCheck check = ChannelCheck.of(new TlsRequirement.Opportunistic(host), Channel.clear(), NOW);
        return new HostAttempt.Transacted(host, ((ChannelCheck.Permitted) check).permit(), replies);
    }

    static RecipientReply rejected(int code) {
        return new RecipientReply.Rejected(code, Optional.empty(), "no");
    }

    static Outcome only(List<HostAttempt> attempts, Policy policy) {
        List<Outcome> outcomes = OutcomeRules.conclude(List.of(RECIPIENT), attempts, policy);
        assertThat(outcomes).hasSize(1);
        return outcomes.get(0);
    }
}
