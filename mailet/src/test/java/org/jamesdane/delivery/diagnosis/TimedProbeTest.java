/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.tls.TlsOffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The time of a probe, against resolvers and hosts that take longer than a test may. */
@Timeout(60)
class TimedProbeTest {
    private static final Credential HOST = TestPki.selfSigned("mx.example.org").issue();
    private static final Duration FAR_LONGER = Duration.ofMinutes(5);

    private final MailWorld world = new MailWorld("127.79.6");

    @AfterEach
    void stop() {
        world.close();
    }

    private TimedProbe probe(SecureDns dns, int port, Duration limit) {
        RoutingRules routing = new RoutingRules(Set.of(), Set.of(), List.of(AddressRange.parse("127.0.0.0/8")), 10, 5);
        DeliverySettings settings = new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(Policy.DANE), routing,
            TlsaSearch.InsecureMx.DANE), new DeliverySettings.Connection(port, false, "client.example", BindAddresses.ANY,
            Timeouts.defaults().withConnect(FAR_LONGER).withEachStep(FAR_LONGER), TlsOffer.DEFAULT), List.of(),
            DeliverySettings.GatewayOptions.PLAIN, EightBitConversion.CONVERT);
        return new TimedProbe(dns, settings, Optional.empty(), Clock.systemUTC(), new Random(1), limit);
    }

    @Test
    void shouldEndThoughNoLookupEverDoes() throws Exception {
        SecureDns silent = new SecureDns() {
            @Override
            public <R extends DnsRecord> CompletionStage<Lookup<R>> lookup(DomainName name, RecordType<R> type) {
                return new CompletableFuture<>();
            }

            @Override
            public Optional<String> resolver(DomainName name, RecordType<?> type) {
                return Optional.empty();
            }
        };

        try (TimedProbe probe = probe(silent, 25, Duration.ofMillis(200))) {
            assertThat(probe.run("example.org", state -> { }).prospect().sentence()).contains("the time of the probe was over");
        }
    }

    @Test
    void shouldCutOffAHostThatSaysNothing() throws Exception {
        world.mx(world.zone("example.org"), 10, "mx", "example.org",
            world.start(world.builder().tls(HOST.serverContext()).fault(Point.BANNER, Fault.silence())));
        SecureDns dns = world.validator(world.start(), Clock.systemUTC());

        try (TimedProbe probe = probe(dns, world.port(), Duration.ofSeconds(5))) {
            ProbeReport report = probe.run("example.org", state -> { });

            assertThat(report.total()).isEqualTo(1);
            assertThat(report.probes()).as("what was cut off says nothing of the host").isEmpty();
        }
    }
}
