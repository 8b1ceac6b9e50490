/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.jamesdane.dane.channel.DanePolicy;
import org.jamesdane.dane.channel.DaneVerifier;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.channel.Verification;
import org.jamesdane.dane.pkix.CertificationPath;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.MxRouting;
import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.dane.tlsa.UsableTlsaSet;
import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.MxRecord;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.TlsaRecord;
import org.jamesdane.testing.pki.Association;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.KeyKind;
import org.jamesdane.testing.pki.TestPki;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Cost of a decision once the DNS has answered and the handshake is over. Samples are taken, so that the median tells the cost even where
 * other work interrupts.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class DecisionCoreBenchmark {

    /** A signed domain with one host, whose answers are all at hand. */
    @State(Scope.Benchmark)
    public static class Answers {
        private final CertificateZoo zoo = ConformanceCases.certificates();
        private final NextHop.Domain nextHop = new NextHop.Domain(DomainName.of("example.com"), 25, false);
        private final RoutingRules rules = RoutingRules.defaults();
        private final Random random = new Random(1);
        private final Resolution<MxRecord> mx;
        private final Resolution<AddressRecord> ipv4;
        private final Resolution<AddressRecord> ipv6;
        private final Resolution<TlsaRecord> tlsa;

        public Answers() {
            DnsWorld dns = new DnsWorld(List.of("example.com MX 10 mx.example.com", "mx.example.com A 192.0.2.1",
                "mx.example.com AAAA 2001:db8::1", "_25._tcp.mx.example.com TLSA 3 1 1 leaf"), zoo);
            DomainName host = DomainName.of("mx.example.com");
            mx = dns.resolve(nextHop.name(), RecordType.MX);
            ipv4 = dns.resolve(host, RecordType.A);
            ipv6 = dns.resolve(host, RecordType.AAAA);
            tlsa = dns.resolve(DomainName.of("_25._tcp.mx.example.com"), RecordType.TLSA);
        }
    }

    /** Chains of two certificates as a handshake leaves them: parsed, and no signature of theirs verified yet. */
    @State(Scope.Thread)
    public static class Chains {
        /**
         * Leaves taken in turn. The JDK remembers a signature it verified with the parsed certificate, and gives out a certificate it
         * parsed before again; it keeps 750 of them, so that with more none comes back.
         */
        private static final int LEAVES = 1000;

        /** The kind of the certificates' keys. */
        @Param({"rsa", "ec"})
        public String keys = "rsa";

        private final List<DomainName> names = List.of(DomainName.of("mx.example.com"));
        private final List<byte[]> encoded = new ArrayList<>();
        private final List<PeerCertificate> ready = new ArrayList<>();
        private Optional<X509Certificate> issuer = Optional.empty();
        private Optional<UsableTlsaSet> endEntity = Optional.empty();
        private Optional<UsableTlsaSet> trustAnchor = Optional.empty();

        private static UsableTlsaSet records(int usage, int selector, X509Certificate certificate) {
            byte[] data = Association.of(usage, selector, TlsaUsability.SHA2_256, certificate).octets();
            return TlsaUsability.of(List.of(new TlsaRecord(usage, selector, TlsaUsability.SHA2_256, data))).usable().orElseThrow();
        }

        /** Issues the certificates: all leaves have one key. */
        @Setup(Level.Trial)
        public void issue() throws GeneralSecurityException {
            KeyKind kind = keys.equals("ec") ? KeyKind.P_256 : KeyKind.RSA_2048;
            Authority ca = TestPki.authority("CA", Clock.fixed(CertificateZoo.NOW, ZoneOffset.UTC)).key(kind);
            for (int i = 0; i < LEAVES; i++) {
                encoded.add(ca.leaf("mx.example.com").key(kind).dnsNames("mx.example.com", "mx" + i + ".example.com").certificate()
                    .getEncoded());
            }
            issuer = Optional.of(ca.certificate());
            trustAnchor = Optional.of(records(TlsaUsability.DANE_TA, TlsaUsability.CERT, ca.certificate()));
            parse();
            endEntity = Optional.of(records(TlsaUsability.DANE_EE, TlsaUsability.SPKI, ready.get(0).parsed().orElseThrow()));
        }

        /** Parses the leaves, outside of what is measured. */
        @Setup(Level.Invocation)
        public void parse() throws GeneralSecurityException {
            if (ready.isEmpty()) {
                CertificateFactory factory = CertificateFactory.getInstance("X.509");
                for (byte[] each : encoded) {
                    ready.add(PeerCertificate.of((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(each))));
                }
            }
        }

        List<PeerCertificate> next() {
            return List.of(ready.remove(ready.size() - 1), PeerCertificate.of(issuer.orElseThrow()));
        }
    }

    /** From answers at hand to the requirement for the first host: route, addresses, search, records, decision. */
    @Benchmark
    public TlsRequirement requirement(Answers answers) {
        Routing.Route route = (Routing.Route) MxRouting.from(answers.nextHop, answers.mx, Policy.DANE, answers.rules, answers.random);
        MxHost.Named host = (MxHost.Named) route.hosts().get(0);
        HostAddresses.Found found = (HostAddresses.Found) HostAddresses.of(host, answers.ipv4, answers.ipv6, answers.rules);
        TlsaSearch.AskTlsa ask = (TlsaSearch.AskTlsa) TlsaSearch.begin(Policy.DANE, route, found, TlsaSearch.InsecureMx.DANE);
        TlsaSearch.Done done = (TlsaSearch.Done) ask.with(answers.tlsa);
        return DanePolicy.requirementFor(Policy.DANE, route, host, done.discovery());
    }

    /** A 3 1 1 record against a chain at hand. */
    @Benchmark
    public Verification daneEe(Chains chains) {
        return DaneVerifier.verify(chains.next(), chains.endEntity.orElseThrow(), chains.names, CertificateZoo.NOW);
    }

    /** A 2 0 1 record against a chain at hand. */
    @Benchmark
    public Verification daneTa(Chains chains) {
        return DaneVerifier.verify(chains.next(), chains.trustAnchor.orElseThrow(), chains.names, CertificateZoo.NOW);
    }

    /** The one signature that {@link #daneTa} has to check. */
    @Benchmark
    public X509Certificate daneTaRawSignature(Chains chains) throws GeneralSecurityException {
        List<X509Certificate> chain = CertificationPath.readable(chains.next());
        chain.get(0).verify(chain.get(1).getPublicKey());
        return chain.get(0);
    }
}
