/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.sts;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.jamesdane.dane.ConformanceCases;
import org.jamesdane.dane.DnsWorld;
import org.jamesdane.dane.channel.DanePolicy;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.MxRouting;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.validating.TrustAnchors;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.dns.validating.ValidatorConfig;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.mtasts.StsRules;
import org.jamesdane.testing.dns.SignedDns;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Cost of MTA-STS for a mail to a domain without a policy, whose lack of a TXT record the validator's cache knows. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class StsBenchmark {

    /** A signed domain without a policy. */
    @State(Scope.Benchmark)
    public static class PlainDomain {
        private final NextHop.Domain nextHop = new NextHop.Domain(DomainName.of("example.com"), 25, false);
        private final DnsWorld records = new DnsWorld(List.of("example.com MX 10 mx.example.com"), ConformanceCases.certificates());
        private final Routing.Route route = (Routing.Route) MxRouting.from(nextHop, records.resolve(nextHop.name(), RecordType.MX),
            Policy.DANE, RoutingRules.defaults(), new Random(1));
        private final TlsRequirement byDane = DanePolicy.requirementFor(Policy.DANE, route, (MxHost.Named) route.hosts().get(0),
            new TlsaDiscovery.Absent(List.of()));
        private final SignedDns server = SignedDns.world().zone("example.com").mx(10, "mx.example.com").start();
        private final ValidatingDns dns = ValidatingDns.create(ValidatorConfig.builder().upstreams(List.of(server.address()))
            .trustAnchors(TrustAnchors.parse(List.of(server.trustAnchor()))).build(), Clock.systemUTC(), new Random(1));
        private final StsTerms terms = new StsWorld().terms(dns, StsDemand.Use.ENFORCE);

        /** Has the answer cached. */
        @Setup(Level.Trial)
        public void ask() {
            terms.source().begin(nextHop.name()).await(Duration.ofSeconds(30));
        }

        /** Ends the servers. */
        @TearDown(Level.Trial)
        public void close() {
            dns.close();
            server.close();
        }
    }

    /** The search for the policy, and the judgement of the one host. */
    @Benchmark
    public StsRules.Decision withoutPolicy(PlainDomain domain) {
        StsJudge judge = new StsJudge(domain.terms, domain.nextHop, Clock.systemUTC());
        judge.begin(Policy.DANE);
        return judge.judge(Policy.DANE, domain.route, domain.byDane).decision();
    }
}
