/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dns.DomainName;
import org.junit.jupiter.api.Test;

class HostFailureHistoryTest {
    private static final RecipientKey RECIPIENT = new RecipientKey("a@example.com");
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:30Z");
    private static final MxHost HOST = new MxHost.Named(DomainName.of("mx1.example.com"), 10);

    private static List<Outcome> failing(FailureKind kind, String... hosts) {
        List<HostAttempt> attempts = new ArrayList<>();
        for (String host : hosts) {
            attempts.add(new HostAttempt.Failed(HostFailure.of(kind, host, "it failed", RfcSection.MATCHING)));
        }
        return OutcomeRules.conclude(List.of(RECIPIENT, new RecipientKey("b@example.com")), attempts, Policy.DANE);
    }

    @Test
    void shouldSaySinceWhenAHostFails() {
        HostFailureHistory log = HostFailureHistory.EMPTY.with(failing(FailureKind.HANDSHAKE, "mx1", "mx2"), NOW)
            .with(failing(FailureKind.HANDSHAKE, "mx1"), NOW.plus(Duration.ofHours(1)))
            .with(failing(FailureKind.HANDSHAKE, "mx1"), NOW.plus(Duration.ofHours(2)));

        assertThat(log.entries()).extracting(HostFailureHistory.Entry::sentence).containsExactly(
            "mx1: it failed; its operator has to repair TLS (3 times since 2026-11-01T12:00:00Z, the last time at 2026-11-01T14:00:00Z)",
            "mx2: it failed; its operator has to repair TLS (at 2026-11-01T12:00:00Z)");
    }

    @Test
    void shouldKeepTheWaysApartInWhichAHostFailed() {
        HostFailureHistory log = HostFailureHistory.EMPTY.with(failing(FailureKind.UNREACHABLE, "mx1"), NOW)
            .with(failing(FailureKind.NOT_AUTHENTICATED, "mx1"), NOW.plusSeconds(1));

        assertThat(log.entries()).extracting(HostFailureHistory.Entry::kind).containsExactly("NOT_AUTHENTICATED", "UNREACHABLE");
    }

    @Test
    void shouldKeepWhatAHostSaidOfTheMail() {
        ChannelCheck check = ChannelCheck.of(new TlsRequirement.Opportunistic(HOST), Channel.clear(), NOW);
        HostAttempt greylisted = new HostAttempt.Transacted(HOST, ((ChannelCheck.Permitted) check).permit(),
            Map.of(RECIPIENT, new RecipientReply.Rejected(450, Optional.empty(), "4.7.1 Grey (at RCPT TO)")));

        HostFailureHistory log = HostFailureHistory.EMPTY
            .with(OutcomeRules.conclude(List.of(RECIPIENT), List.of(greylisted), Policy.DANE), NOW);
        assertThat(log.entries()).singleElement().extracting(HostFailureHistory.Entry::sentence)
            .isEqualTo("mx1.example.com said: 450 4.7.1 Grey (at RCPT TO) (at 2026-11-01T12:00:00Z)");
    }

    @Test
    void shouldNotBlameAHostForAFaultOfOurs() {
        assertThat(HostFailureHistory.EMPTY.with(failing(FailureKind.INTERNAL, "mx1"), NOW)).isEqualTo(HostFailureHistory.EMPTY);
    }

    @Test
    void shouldStayBoundedHoweverManyHostsThereAreAndWhateverTheySay() {
        HostFailureHistory log = HostFailureHistory.EMPTY;
        for (int i = 0; i < 100; i++) {
            String said = "x".repeat(5_000) + "\n\t\u0007";
            HostAttempt failed = new HostAttempt.Failed(HostFailure.of(FailureKind.PROTOCOL, "mx" + i, said, RfcSection.MATCHING));
            log = log.with(OutcomeRules.conclude(List.of(RECIPIENT), List.of(failed), Policy.DANE), NOW.plusSeconds(i));
        }

        assertThat(log.entries()).hasSize(HostFailureHistory.MAX_ENTRIES).first().extracting(HostFailureHistory.Entry::host)
            .isEqualTo("mx99");
        assertThat(log.encode().length()).isLessThan(HostFailureHistory.MAX_ENTRIES * 600);
        assertThat(HostFailureHistory.decode(log.encode())).isEqualTo(log);
    }

    @Test
    void shouldKeepTwoWaysOfEachHostThatIsTried() {
        HostFailureHistory log = HostFailureHistory.EMPTY;
        for (FailureKind kind : List.of(FailureKind.HANDSHAKE, FailureKind.CONNECTION_LOST)) {
            for (int i = 0; i < RoutingRules.DEFAULT_MAX_HOSTS; i++) {
                log = log.with(failing(kind, "mx" + i), NOW);
            }
        }

        assertThat(log.entries()).hasSize(2 * RoutingRules.DEFAULT_MAX_HOSTS);
        assertThat(HostFailureHistory.decode(log.encode())).isEqualTo(log);
    }

    @Test
    void shouldPassOverWhatIsNoEntry() {
        HostFailureHistory log = HostFailureHistory.EMPTY.with(failing(FailureKind.HANDSHAKE, "mx1"), NOW);

        assertThat(HostFailureHistory.decode("nonsense\n" + log.encode() + "\na\tb\tc\td\te\tf\n")).isEqualTo(log);
        assertThat(HostFailureHistory.decode("")).isEqualTo(HostFailureHistory.EMPTY);
    }
}
