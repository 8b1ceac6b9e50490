/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

import org.jamesdane.dane.CertificateZoo;
import org.jamesdane.dane.ConformanceCases;
import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.DanePolicy;
import org.jamesdane.dane.channel.NameProof;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dane.trace.Labels;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Security;
import org.jamesdane.dns.TlsaRecord;
import org.junit.jupiter.api.Test;

/** Decisions of MTA-STS beside DANE, where the table has no columns. */
class StsRulesTest {
    private static final CertificateZoo ZOO = ConformanceCases.certificates();
    static final Authorities ROOTS = Authorities.own(Set.of(ZOO.certificate("root")));
    private static final DomainName MX = DomainName.of("mx.example.com");
    private static final MxHost.Named HOST = new MxHost.Named(MX, 10);
    /** Chains of the last columns of the table; one with the published certificate and no CA, one of a CA with another certificate. */
    static final List<String> SERVERS = List.of("leaf ca", "self", "other ca", "strangeleaf strangeca", "no STARTTLS");

    static Routing.Route route(String text) {
        String[] words = text.split("/", -1);
        Security security = words.length > 1 && words[1].equals("insecure") ? Security.INSECURE : Security.SECURE;
        NextHop nextHop = new NextHop.Domain(DomainName.of("example.com"), 25, false);
        return switch (words[0]) {
            case "mx" -> new Routing.Route(nextHop, Routing.Kind.EXPLICIT_MX, "example.com", security, List.of(HOST), List.of());
            // The certificates are for mx.example.com, so that a domain of that name stands for one without MX records.
            case "implicit" -> new Routing.Route(new NextHop.Domain(MX, 25, false), Routing.Kind.IMPLICIT_MX, MX.toString(), security,
                List.of(new MxHost.Named(MX, 0)), List.of());
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static TlsaDiscovery tlsa(String text) {
        return switch (text) {
            case "usable" -> TlsaDiscovery.found(MX, List.of(ZOO.record("3 1 1 leaf"), ZOO.record("3 1 1 self")), List.of());
            case "unusable" -> TlsaDiscovery.found(MX, List.of(ZOO.record("0 0 1 ca")), List.of());
            case "absent" -> new TlsaDiscovery.Absent(List.of());
            case "not-applicable" -> new TlsaDiscovery.NotApplicable(TlsaDiscovery.Why.INSECURE_ADDRESS);
            case "failed" -> new TlsaDiscovery.LookupFailed(MX, new Lookup.Failed<TlsaRecord>(MX, Lookup.Reason.BOGUS, Optional.empty(),
                "a signature is wrong", OptionalInt.empty()), List.of());
            default -> throw new IllegalArgumentException(text);
        };
    }

    /** A policy that names mx.example.com, or in its place another host. */
    static StsDiscovery sts(String text) {
        return switch (text) {
            case "-" -> new StsDiscovery.None(StsDiscovery.NoneBecause.NO_RECORD);
            case "unlisted" -> found("version: STSv1\nmode: enforce\nmx: mx1.example.com\nmx: *.mx.example.com\nmx: *.com\nmax_age: 86400");
            default -> new StsDiscovery.Found(StsBed.kept(text + " A 0s of 1d"));
        };
    }

    private static StsDiscovery found(String policy) {
        StsPolicy read = ((StsPolicy.Read) StsPolicy.read(StsTables.octets(policy))).policy();
        return new StsDiscovery.Found(new CachedPolicy("A", read, StsBed.NOW, StsBed.NOW, Optional.empty(), StsBed.NOW));
    }

    private static StsDemand demand(String policy, String use) {
        StsDemand.Use used = StsDemand.Use.valueOf(use.toUpperCase(Locale.ROOT));
        return new StsDemand(Policy.parse(policy), used);
    }

    static StsRules.Decision decide(StsDemand demand, Routing.Route route, TlsaDiscovery tlsa, StsDiscovery sts) {
        TlsRequirement byDane = DanePolicy.requirementFor(demand.policy(), route, route.hosts().get(0), tlsa);
        return new StsRules(demand, route, ROOTS, StsBed.NOW).judge(byDane, sts);
    }

    static StsRules.Decision decide(List<String> row) {
        return decide(demand(row.get(0), row.get(1)), route(row.get(2)), tlsa(row.get(3)), sts(row.get(4)));
    }

    static String connect(TlsRequirement requirement, String server) {
        boolean clear = server.startsWith("no ") || requirement instanceof TlsRequirement.NoTls;
        Channel channel = clear ? Channel.clear() : Channel.encrypted(new Channel.Tls("TLSv1.3", "TLS_AES_128_GCM_SHA256", Optional.empty(),
            PeerCertificate.of(ZOO.chain(server)), new Channel.Strength(Optional.of("x25519"), "P-256", true)));
        ChannelCheck check = ChannelCheck.of(requirement, channel, StsBed.NOW);
        return check instanceof ChannelCheck.Permitted permitted ? permitted.label().toString()
            : Labels.of(((ChannelCheck.Refused) check).failure().kind());
    }

    @Test
    void shouldNeverEaseWhatDaneDemands() {
        Map<String, Integer> strength = Map.of("NoTls", 0, "Opportunistic", 1, "Encrypt", 2, "Sts", 3, "Dane", 4, "HostNotUsed", 5);
        for (List<String> row : StsTables.rows("sts-rules.txt")) {
            StsRules.Decision decision = decide(row);
            assertThat(strength.get(decision.requirement().getClass().getSimpleName())).as("%s", row)
                .isGreaterThanOrEqualTo(strength.get(decision.withoutSts().getClass().getSimpleName()));
            // Nothing but DANE over signed MX records is called verified.
            if (connect(decision.requirement(), "leaf ca").equals("verified")) {
                assertThat(row.get(2)).endsWith("/secure");
                assertThat(decision.part()).isEqualTo(StsRules.Part.NONE);
            }
        }
    }

    @Test
    void shouldSendTheNameThatDecides() {
        DomainName base = DomainName.of("base.example.net");
        TlsaDiscovery usable = TlsaDiscovery.found(base, List.of(ZOO.record("3 1 1 leaf")), List.of());
        TlsaDiscovery unusable = TlsaDiscovery.found(base, List.of(ZOO.record("0 0 1 ca")), List.of());

        // RFC 8461 §7.1 wants the MX hostname, RFC 7672 §8.1 the base domain: the latter where TLSA records decide.
        StsDemand dane = demand("dane", "enforce");
        assertThat(decide(dane, route("mx/insecure"), usable, sts("enforce")).requirement().serverName()).contains(base);
        assertThat(decide(dane, route("mx/insecure"), unusable, sts("enforce")).requirement().serverName()).contains(MX);
        assertThat(decide(dane, route("mx/secure"), tlsa("absent"), sts("enforce")).requirement().serverName())
            .contains(MX);
    }

    @Test
    void shouldSayWhatProvesTheNameOfTheHost() {
        assertThat(decide(List.of("dane", "enforce", "mx/secure", "usable", "enforce")).requirement().namedBy()).contains(NameProof.DNSSEC);
        assertThat(decide(List.of("dane", "enforce", "mx/insecure", "usable", "enforce")).requirement().namedBy())
            .contains(NameProof.MTA_STS);
        assertThat(decide(List.of("dane", "enforce", "mx/insecure", "absent", "enforce")).requirement().namedBy())
            .contains(NameProof.MTA_STS);
        assertThat(decide(List.of("dane", "enforce", "mx/insecure", "usable", "testing")).requirement().namedBy()).isEmpty();
    }

    @Test
    void shouldReportAPolicyInTestingAndChangeNothing() {
        StsRules.Decision tested = decide(List.of("dane", "enforce", "mx/insecure", "absent", "testing"));
        StsRules.Decision byTlsa = decide(List.of("dane", "enforce", "mx/insecure", "usable", "testing"));
        StsRules.Decision unnamed = decide(demand("dane", "enforce"), route("mx/insecure"), tlsa("usable"),
            found("version: STSv1\nmode: testing\nmx: a.example\nmax_age: 600"));

        assertThat(tested.part()).isEqualTo(StsRules.Part.REPORT);
        assertThat(tested.requirement()).isEqualTo(tested.withoutSts());
        assertThat(tested.tested(ROOTS)).contains(new TlsRequirement.Sts(HOST, MX, ROOTS, "A"));
        assertThat(tested.testedMismatch()).isEmpty();
        assertThat(byTlsa.tested(ROOTS)).isEmpty();
        assertThat(byTlsa.testedMismatch()).isEmpty();
        assertThat(unnamed.requirement()).isEqualTo(unnamed.withoutSts());
        assertThat(unnamed.tested(ROOTS)).isEmpty();
        assertThat(unnamed.testedMismatch().orElseThrow().reasonCode()).contains("mx-mismatch");
        assertThat(decide(List.of("dane", "enforce", "mx/secure", "usable", "testing")).part()).isEqualTo(StsRules.Part.NONE);
    }

    @Test
    void shouldSayWhyAHostIsNotUsed() {
        HostFailure mismatch = failure(decide(List.of("dane", "enforce", "mx/secure", "absent", "unlisted")));
        HostFailure unauthenticated = failure(decide(List.of("authenticated", "enforce", "mx/secure", "absent", "-")));
        HostFailure unnamed = failure(decide(List.of("authenticated", "enforce", "mx/insecure", "usable", "-")));

        assertThat(mismatch.sentence()).isEqualTo("mx.example.com: the domain's MTA-STS policy A does not name it; the domain has to make "
            + "its MX records and its MTA-STS policy agree");
        assertThat(mismatch.code()).hasToString("4.7.5");
        assertThat(mismatch.section()).hasToString("RFC 8461 §4.1");
        assertThat(mismatch.reportType().orElseThrow()).hasToString("validation-failure");
        assertThat(mismatch.reasonCode()).contains("mx-mismatch");
        assertThat(unauthenticated.text()).contains("no usable TLSA records");
        assertThat(unauthenticated.reasonCode()).contains("no-authentication-policy");
        assertThat(unnamed.text()).contains("neither signed MX records nor an MTA-STS policy");
        assertThat(List.of(mismatch, unauthenticated, unnamed)).allMatch(failure -> !failure.ownFault() && !failure.code().isPermanent());
    }

    private static HostFailure failure(StsRules.Decision decision) {
        return ((TlsRequirement.HostNotUsed) decision.requirement()).failure();
    }

    @Test
    void shouldGiveAnAddressNoPolicyAndAPolicyNoAddress() throws Exception {
        InetAddress address = InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1});
        MxHost literal = new MxHost.Literal(address, 10);
        TlsRequirement clear = new TlsRequirement.Opportunistic(literal);
        Routing.Route byAddress = new Routing.Route(new NextHop.Address(address, 25, false), Routing.Kind.ADDRESS_LITERAL, "[192.0.2.1]",
            Security.SECURE, List.of(literal), List.of());
        Routing.Route byMx = new Routing.Route(new NextHop.Domain(DomainName.of("example.com"), 25, false), Routing.Kind.EXPLICIT_MX,
            "example.com", Security.SECURE, List.of(literal), List.of());
        StsDemand dane = demand("dane", "enforce");

        // RFC 8461 §3.4 has no policies for address literals, and §4.1 compares names.
        assertThat(new StsRules(dane, byAddress, ROOTS, StsBed.NOW).judge(clear, sts("enforce")).requirement()).isEqualTo(clear);
        assertThat(failure(new StsRules(dane, byMx, ROOTS, StsBed.NOW).judge(clear, sts("enforce"))).kind().isForSts()).isTrue();
        StsRules authenticated = new StsRules(demand("authenticated", "enforce"), byAddress, ROOTS, StsBed.NOW);
        assertThat(failure(authenticated.judge(clear, sts("enforce"))).kind().isForSts()).isFalse();
        assertThat(new StsRules(dane, byMx, ROOTS, StsBed.NOW).judge(clear, sts("testing")).tested(ROOTS)).isEmpty();
    }

    @Test
    void shouldHoldAGatewayToItsOwnPolicy() {
        MxHost.Named host = new MxHost.Named(MX, 0);
        Routing.Route gateway = new Routing.Route(new NextHop.Host(MX, 25), Routing.Kind.GATEWAY, MX.toString(), Security.SECURE,
            List.of(host), List.of());
        TlsRequirement verified = new TlsRequirement.Pkix(host, MX, ROOTS);

        // RFC 8461 §3.4: the smart host's domain is the policy domain.
        assertThat(new StsRules(demand("dane", "enforce"), gateway, ROOTS, StsBed.NOW).judge(verified, sts("enforce")).requirement())
            .isEqualTo(new TlsRequirement.Sts(host, MX, ROOTS, "A"));
        assertThat(new StsRules(demand("dane", "enforce"), gateway, ROOTS, StsBed.NOW).judge(verified, sts("-")).requirement())
            .isEqualTo(verified);
        // The operator has named the gateway, and a public CA authenticates it.
        assertThat(new StsRules(demand("authenticated", "enforce"), gateway, ROOTS, StsBed.NOW).judge(verified, sts("-")).requirement())
            .isEqualTo(verified);
        TlsRequirement encrypted = new TlsRequirement.Encrypt(host, Optional.empty());
        StsRules off = new StsRules(demand("authenticated", "off"), gateway, ROOTS, StsBed.NOW);
        assertThat(failure(off.judge(encrypted, sts("enforce"))).kind()).isEqualTo(FailureKind.AUTHENTICATION_REQUIRED);
    }

    @Test
    void shouldNotCountAPolicyWhoseLifetimeIsOver() {
        StsDiscovery old = new StsDiscovery.Found(StsBed.kept("enforce A 8d of 7d"));
        StsRules.Decision ended = decide(demand("dane", "enforce"), route("mx/secure"), tlsa("absent"), old);
        StsRules.Decision current = decide(List.of("dane", "enforce", "mx/secure", "absent", "enforce"));

        assertThat(ended.requirement()).isInstanceOf(TlsRequirement.Opportunistic.class);
        assertThat(current.holdsAt(StsBed.NOW.plus(Duration.ofDays(1)))).isTrue();
        assertThat(current.holdsAt(StsBed.NOW.plus(Duration.ofDays(1)).plusMillis(1))).isFalse();
        assertThat(ended.holdsAt(StsBed.NOW.plus(Duration.ofDays(99)))).isTrue();
    }

    @Test
    void shouldHoldNothingWhereThatIsNotWished() {
        StsDiscovery unreadable = new StsDiscovery.Unreadable("no disk");
        StsDiscovery excepted = new StsDiscovery.Unreadable("no disk", true);
        Routing.Route route = route("mx/insecure");

        assertThat(failure(decide(demand("dane", "enforce"), route, tlsa("absent"), unreadable)).ownFault()).isTrue();
        for (StsRules.Decision each : List.of(decide(demand("audit", "enforce"), route, tlsa("absent"), unreadable),
            decide(demand("dane", "audit"), route, tlsa("absent"), unreadable),
            decide(demand("dane", "enforce"), route, tlsa("absent"), excepted))) {
            assertThat(each.requirement()).isInstanceOf(TlsRequirement.Opportunistic.class);
        }
    }

    @Test
    void shouldKnowWhichDemandsAskForPolicies() {
        assertThat(Stream.of("none", "may", "encrypt", "dane-only")).noneMatch(policy -> demand(policy, "enforce").asksForSts());
        assertThat(Stream.of("audit", "dane", "dane-encrypt", "authenticated")).allMatch(policy -> demand(policy, "audit").asksForSts());
        assertThat(demand("dane", "off").asksForSts()).isFalse();
    }
}
