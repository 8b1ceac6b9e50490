/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jamesdane.dane.ConformanceCases;
import org.jamesdane.dane.DnsWorld;
import org.jamesdane.dane.channel.DanePolicy;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.policy.IpAddresses;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.Security;
import org.junit.jupiter.api.Test;

class RoutingTest {
    private static final NextHop.Domain DOMAIN = new NextHop.Domain(DomainName.of("example.com"), 25, false);
    private static final MxHost.Named MX = new MxHost.Named(DomainName.of("mx.example.com"), 10);

    private static DnsWorld world(List<String> lines) {
        return new DnsWorld(lines, ConformanceCases.certificates());
    }

    private static Routing routing(List<String> lines, RoutingRules rules, long seed) {
        return MxRouting.from(DOMAIN, world(lines).resolve(DOMAIN.name(), RecordType.MX), Policy.DANE, rules, new Random(seed));
    }

    private static Routing.Route route(List<String> lines, RoutingRules rules, long seed) {
        return (Routing.Route) routing(lines, rules, seed);
    }

    private static HostAddresses addresses(List<String> lines, RoutingRules rules) {
        DnsWorld dns = world(lines);
        return HostAddresses.of(MX, dns.resolve(MX.name(), RecordType.A), dns.resolve(MX.name(), RecordType.AAAA), rules);
    }

    private static List<String> shown(List<InetAddress> addresses) {
        return addresses.stream().map(InetAddress::getHostAddress).toList();
    }

    @Property(tries = 50)
    void shouldSortByPreferenceWhateverTheOrder(@ForAll @Size(min = 1, max = 8) List<@IntRange(max = 65_535) Integer> preferences) {
        List<String> lines = IntStream.range(0, preferences.size())
            .mapToObj(i -> "example.com MX " + preferences.get(i) + " mx" + i + ".example.com").toList();

        Routing.Route route = route(lines, RoutingRules.defaults(), 7);

        assertThat(route.hosts()).hasSameSizeAs(preferences);
        assertThat(route.hosts().stream().map(MxHost::preference).toList()).isSorted();
        assertThat(route.levels().stream().flatMap(List::stream).toList()).isEqualTo(route.hosts());
        assertThat(route.levels()).hasSize(new HashSet<>(preferences).size());
    }

    @Test
    void shouldShuffleEqualPreferencesOnly() {
        List<String> lines = List.of("example.com MX 10 a.example.com", "example.com MX 10 b.example.com",
            "example.com MX 10 c.example.com",
            "example.com MX 5 first.example.com", "example.com MX 20 last.example.com");
        Set<List<String>> seen = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            seen.add(route(lines, RoutingRules.defaults(), seed).hosts().stream().map(MxHost::toString).toList());
        }

        assertThat(seen).hasSize(6).allSatisfy(hosts -> {
            assertThat(hosts.get(0)).isEqualTo("first.example.com");
            assertThat(hosts.get(4)).isEqualTo("last.example.com");
        });
    }

    @Test
    void shouldTryABoundedNumberOfHosts() {
        List<String> lines = IntStream.range(0, 30).mapToObj(i -> "example.com MX " + i + " mx" + i + ".example.com").toList();

        Routing.Route route = route(lines, RoutingRules.defaults(), 1);

        assertThat(route.hosts()).hasSize(RoutingRules.DEFAULT_MAX_HOSTS);
        assertThat(route.hosts().get(0)).hasToString("mx0.example.com");
        assertThat(route.notes()).containsExactly("only the first 20 of 30 hosts are tried");
        assertThat(route(lines.subList(0, 20), RoutingRules.defaults(), 1).notes()).isEmpty();
    }

    @Test
    void shouldSayWhatItLeavesOut() {
        RoutingRules rules = new RoutingRules(Set.of(DomainName.of("mx2.example.com")), Set.of(), List.of(), 20, 10);

        Routing.Route route = route(List.of("example.com MX 0 .", "example.com MX 10 mx1.example.com", "example.com MX 20 mx2.example.com",
            "example.com MX 20 mx3.example.com"), rules, 1);

        assertThat(route.hosts()).containsExactly(new MxHost.Named(DomainName.of("mx1.example.com"), 10));
        assertThat(route.notes()).containsExactly("a null MX beside other MX records is passed over",
            "mx2.example.com is this server: only hosts preferred to it are tried");
    }

    @Test
    void shouldCutARouteAtOurselves() {
        Routing.Route route = route(List.of("example.com MX 10 mx1.example.com", "example.com MX 20 mx2.example.com",
            "example.com MX 30 mx3.example.com"), RoutingRules.defaults(), 1);

        Routing.Route cut = (Routing.Route) route.cutAt(route.hosts().get(1));

        assertThat(cut.hosts()).containsExactly(route.hosts().get(0));
        assertThat(cut.notes()).containsExactly("mx2.example.com is this server: only hosts preferred to it are tried");
        assertThat(route.cutAt(route.hosts().get(0))).isInstanceOfSatisfying(Routing.Loop.class, loop ->
            assertThat(loop.text()).isEqualTo("Mail for example.com loops back: mx1.example.com is this server"));
    }

    @Test
    void shouldExplainWhyThereIsNoRoute() {
        assertThat(routing(List.of(), RoutingRules.defaults(), 1)).isInstanceOfSatisfying(Routing.NoSuchDomain.class, none -> {
            assertThat(none.text()).isEqualTo("The domain example.com does not exist");
            assertThat(none.section()).hasToString("RFC 5321 §5.1");
            assertThat(none.isPermanent()).isTrue();
        });
        assertThat(routing(List.of("example.com CNAME gone.example"), RoutingRules.defaults(), 1))
            .isInstanceOfSatisfying(Routing.NoSuchDomain.class, none -> {
                assertThat(none.text()).isEqualTo("The domain example.com is an alias of gone.example, which does not exist");
                assertThat(none.domain()).isEqualTo(DomainName.of("gone.example"));
            });
        assertThat(routing(List.of("example.com MX 0 ."), RoutingRules.defaults(), 1))
            .isInstanceOfSatisfying(Routing.NullMx.class, none -> {
                assertThat(none.text()).isEqualTo("The domain example.com takes no mail (null MX)");
                assertThat(none.section()).hasToString("RFC 7505 §3");
                assertThat(none.code()).hasToString("5.1.10");
            });
        assertThat(routing(List.of("fail example.com MX BOGUS"), RoutingRules.defaults(), 1))
            .isInstanceOfSatisfying(Routing.Deferred.class, none -> {
                assertThat(none.text()).isEqualTo("example.com: the MX records of example.com could not be looked up: BOGUS, as the case "
                    + "wants it; the operator of its DNS zone has to repair it, mail waits until then");
                assertThat(none.section()).hasToString("RFC 7672 §2.1.2");
                assertThat(none.isPermanent()).isFalse();
            });
        RoutingRules own = new RoutingRules(Set.of(DomainName.of("mx.example.com")), Set.of(), List.of(), 20, 10);
        assertThat(routing(List.of("example.com MX 10 mx.example.com"), own, 1)).isInstanceOfSatisfying(Routing.Loop.class, none -> {
            assertThat(none.text()).isEqualTo("Mail for example.com loops back: the best MX host of example.com is this server");
            assertThat(none.section()).hasToString("RFC 5321 §5.1");
            assertThat(none.code()).hasToString("5.4.6");
        });
    }

    @Test
    void shouldNotUseAHostOfAnInsecureRouteWhereDaneIsDemanded() {
        Routing.Route insecure = route(List.of("unsigned example.com", "example.com MX 10 mx.example.com"), RoutingRules.defaults(), 1);

        TlsRequirement requirement = DanePolicy.requirementFor(Policy.DANE_ONLY, insecure, MX, new TlsaDiscovery.Absent(List.of()));

        assertThat(((TlsRequirement.HostNotUsed) requirement).failure().section()).hasToString("RFC 7672 §2.2.1");
        assertThat(requirement.serverName()).isEmpty();
    }

    @Test
    void shouldRefuseARouteWithoutHosts() {
        assertThatThrownBy(() -> new Routing.Route(DOMAIN, Routing.Kind.EXPLICIT_MX, "example.com", Security.SECURE, List.of(), List.of()))
            .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldLetTheFamiliesTakeTurns() {
        HostAddresses.Found found = (HostAddresses.Found) addresses(List.of("mx.example.com A 192.0.2.1", "mx.example.com A 192.0.2.2",
            "mx.example.com A 192.0.2.3", "mx.example.com AAAA 2001:db8::1"), RoutingRules.defaults());

        assertThat(shown(found.addresses())).containsExactly("2001:db8:0:0:0:0:0:1", "192.0.2.1", "192.0.2.2", "192.0.2.3");
        assertThat(found.notes()).isEmpty();
    }

    @Test
    void shouldTryABoundedNumberOfAddressesOfBothFamilies() {
        List<String> lines = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            lines.add("mx.example.com A 192.0.2." + i);
            lines.add("mx.example.com AAAA 2001:db8::" + i);
        }

        HostAddresses.Found found = (HostAddresses.Found) addresses(lines, RoutingRules.defaults());

        assertThat(found.addresses()).hasSize(RoutingRules.DEFAULT_MAX_ADDRESSES);
        assertThat(found.addresses().stream().filter(each -> each.getAddress().length == 4)).hasSize(5);
    }

    @Test
    void shouldNoteTheFamilyThatFailed() {
        assertThat(addresses(List.of("mx.example.com A 192.0.2.1", "fail mx.example.com AAAA TIMEOUT"), RoutingRules.defaults()))
            .isInstanceOfSatisfying(HostAddresses.Found.class, found ->
                assertThat(found.notes()).containsExactly("AAAA lookup failed: as the case wants it"));
        assertThat(addresses(List.of("mx.example.com AAAA 2001:db8::1", "fail mx.example.com A TIMEOUT"), RoutingRules.defaults()))
            .isInstanceOfSatisfying(HostAddresses.Found.class, found ->
                assertThat(found.notes()).containsExactly("A lookup failed: as the case wants it"));
    }

    @Test
    void shouldNoteSpecialAddressesLeftOut() {
        assertThat(addresses(List.of("mx.example.com A 127.0.0.1", "mx.example.com A 192.0.2.1"), RoutingRules.defaults()))
            .isInstanceOfSatisfying(HostAddresses.Found.class, found -> {
                assertThat(shown(found.addresses())).containsExactly("192.0.2.1");
                assertThat(found.notes()).containsExactly("private and special addresses are left out");
            });
        assertThat(addresses(List.of("mx.example.com A 127.0.0.1"), RoutingRules.defaults()))
            .isInstanceOfSatisfying(HostAddresses.NotFound.class, none -> assertThat(none.failure().sentence())
                .isEqualTo("mx.example.com: its address 127.0.0.1 is a loopback, link-local or other special one; "
                    + "the domain has to correct its DNS records"));
    }

    @Test
    void shouldNameTheKeyThatAllowsAPrivateAddress() {
        assertThat(addresses(List.of("mx.example.com A 127.0.0.1", "mx.example.com A 10.0.0.5"), RoutingRules.defaults()))
            .isInstanceOfSatisfying(HostAddresses.NotFound.class, none -> {
                assertThat(none.failure().kind()).isEqualTo(FailureKind.PRIVATE_ADDRESS);
                assertThat(none.failure().sentence()).isEqualTo("mx.example.com: its address 10.0.0.5 is in a private network; the domain "
                    + "has to correct its DNS records, or smtp.allowed-special-targets of this server has to name it");
            });
    }

    @Test
    void shouldLetTheSecureFamilyDecide() {
        DnsWorld secure = world(List.of("mx.example.com CNAME host.example.net", "host.example.net AAAA 2001:db8::1"));
        DnsWorld insecure = world(List.of("unsigned mx.example.com", "mx.example.com A 192.0.2.1"));

        HostAddresses.Found found = (HostAddresses.Found) HostAddresses.of(MX, insecure.resolve(MX.name(), RecordType.A),
            secure.resolve(MX.name(), RecordType.AAAA), RoutingRules.defaults());

        assertThat(found.security()).isEqualTo(Security.SECURE);
        assertThat(found.aliases()).extracting(Resolution.AliasStep::target).containsExactly(DomainName.of("host.example.net"));
        assertThat(found.addresses()).hasSize(2);

        HostAddresses.Found other = (HostAddresses.Found) HostAddresses.of(MX, world(List.of("mx.example.com A 192.0.2.1"))
            .resolve(MX.name(), RecordType.A), world(List.of("unsigned mx.example.com", "mx.example.com AAAA 2001:db8::1"))
            .resolve(MX.name(), RecordType.AAAA), RoutingRules.defaults());

        assertThat(other.security()).isEqualTo(Security.SECURE);
    }

    @Test
    void shouldCallAHostInsecureIfNoFamilyIsSecure() {
        assertThat(addresses(List.of("unsigned mx.example.com", "mx.example.com A 192.0.2.1"), RoutingRules.defaults()))
            .isInstanceOfSatisfying(HostAddresses.Found.class, found -> assertThat(found.security()).isEqualTo(Security.INSECURE));
    }

    @Test
    void shouldKnowItsOwnAddress() {
        RoutingRules rules = new RoutingRules(Set.of(), Set.of(IpAddresses.parse("192.0.2.2").orElseThrow()), List.of(), 20, 10);

        assertThat(addresses(List.of("mx.example.com A 192.0.2.1", "mx.example.com A 192.0.2.2"), rules))
            .isInstanceOfSatisfying(HostAddresses.Ourselves.class, ours -> {
                assertThat(ours.address().getHostAddress()).isEqualTo("192.0.2.2");
                assertThat(ours.host()).isEqualTo(MX);
                assertThat(ours.security()).isEqualTo(Security.SECURE);
            });
        assertThat(addresses(List.of("unsigned mx.example.com", "mx.example.com A 192.0.2.2"), rules))
            .isInstanceOfSatisfying(HostAddresses.Ourselves.class, ours -> assertThat(ours.security()).isEqualTo(Security.INSECURE));
    }

    @Test
    void shouldBelieveSignedAnswersThatItIsTheHostAlone() {
        Routing.Route route = route(List.of("example.com MX 10 mx.example.com"), RoutingRules.defaults(), 1);
        HostAddresses.Ourselves signed = new HostAddresses.Ourselves(MX, IpAddresses.parse("192.0.2.2").orElseThrow(), Security.SECURE);
        HostAddresses.Ourselves unsigned = new HostAddresses.Ourselves(MX, signed.address(), Security.INSECURE);

        assertThat(MxRouting.before(signed, route, Policy.DANE_ONLY)).isInstanceOf(Routing.Loop.class);
        assertThat(MxRouting.before(unsigned, route, Policy.DANE_ONLY)).isInstanceOf(Routing.Deferred.class);
        assertThat(MxRouting.before(unsigned, route, Policy.AUTHENTICATED)).isInstanceOf(Routing.Deferred.class);
        assertThat(MxRouting.before(unsigned, route, Policy.DANE)).isInstanceOf(Routing.Loop.class);
    }

    @Test
    void shouldTellProvenAbsenceFromTheWordOfAnUnsignedZone() {
        assertThat(addresses(List.of("mx.example.com MX 10 mx.example.com"), RoutingRules.defaults()))
            .isInstanceOfSatisfying(HostAddresses.NotFound.class, none -> {
                assertThat(none.failure().kind()).isEqualTo(FailureKind.NO_ADDRESS);
                assertThat(none.failure().sentence()).isEqualTo("mx.example.com: it has no address; "
                    + "the domain has to correct its DNS records");
            });
        assertThat(addresses(List.of("unsigned mx.example.com"), RoutingRules.defaults()))
            .isInstanceOfSatisfying(HostAddresses.NotFound.class, none ->
                assertThat(none.failure().kind()).isEqualTo(FailureKind.NO_ADDRESS_INSECURE));
    }

    @Test
    void shouldFollowAliasesStepByStep() {
        DomainName name = DomainName.of("a.example");
        DnsWorld dns = world(List.of("a.example CNAME b.example", "unsigned b.example", "b.example CNAME c.example",
            "c.example A 192.0.2.1"));
        AliasExpansion.Ask<AddressRecord> first = Resolution.start(name);
        assertThat(first.next()).isEqualTo(name);

        AliasExpansion.Ask<AddressRecord> second = (AliasExpansion.Ask<AddressRecord>)
            first.with(dns.lookup(name, RecordType.A));
        assertThat(second.next()).isEqualTo(DomainName.of("b.example"));

        Resolution<AddressRecord> whole = dns.resolve(name, RecordType.A);
        assertThat(whole.isAlias()).isTrue();
        assertThat(whole.expandedName()).isEqualTo(DomainName.of("c.example"));
        assertThat(whole.aliases()).extracting(Resolution.AliasStep::security).containsExactly(Security.SECURE, Security.INSECURE);
        assertThat(whole.security()).contains(Security.INSECURE);
        assertThat(whole.isSecure()).isFalse();
        assertThat(whole.insecurity().orElseThrow().zone()).isEqualTo(DomainName.of("b.example"));
        assertThat(whole.records()).hasSize(1);
        assertThat(whole.failure()).isEmpty();
    }

    @Test
    void shouldKnowWhereATerminalAnswerIsInsecure() {
        Resolution<AddressRecord> insecure = world(List.of("unsigned a.example")).resolve(DomainName.of("a.example"),
            RecordType.A);
        Resolution<AddressRecord> secure = world(List.of()).resolve(DomainName.of("a.example"), RecordType.A);
        Resolution<AddressRecord> failed = world(List.of("fail a.example A BOGUS")).resolve(DomainName.of("a.example"),
            RecordType.A);

        assertThat(insecure.insecurity().orElseThrow().zone()).isEqualTo(DomainName.of("a.example"));
        assertThat(insecure.isAlias()).isFalse();
        assertThat(insecure.expandedName()).isEqualTo(DomainName.of("a.example"));
        assertThat(secure.insecurity()).isEmpty();
        assertThat(secure.isSecure()).isTrue();
        assertThat(failed.insecurity()).isEmpty();
        assertThat(failed.security()).isEmpty();
        assertThat(failed.isSecure()).isFalse();
        assertThat(failed.records()).isEmpty();
        assertThat(failed.failure().orElseThrow().reason()).isEqualTo(Lookup.Reason.BOGUS);
    }

    @Test
    void shouldFailOnALoopOfAliasesAndOnTooMany() {
        Resolution<AddressRecord> loop = world(List.of("a.example CNAME b.example", "b.example CNAME c.example",
            "c.example CNAME b.example")).resolve(DomainName.of("a.example"), RecordType.A);
        assertThat(loop.failure().orElseThrow().text()).isEqualTo("the aliases form a loop");
        assertThat(loop.failure().orElseThrow().reason()).isEqualTo(Lookup.Reason.BUDGET);
        assertThat(loop.aliases()).hasSize(3);

        List<String> many = IntStream.range(0, 20).mapToObj(i -> "a" + i + ".example CNAME a" + (i + 1) + ".example").toList();
        Resolution<AddressRecord> chain = world(many).resolve(DomainName.of("a0.example"), RecordType.A);
        assertThat(chain.failure().orElseThrow().text()).isEqualTo("more than 10 aliases follow one another");
        assertThat(chain.failure().orElseThrow().owner()).isEqualTo(DomainName.of("a0.example"));
    }

    @Test
    void shouldNotCallAnAliasAnAnswer() {
        Lookup<AddressRecord> alias = world(List.of("a.example CNAME b.example")).lookup(DomainName.of("a.example"),
            RecordType.A);

        assertThatThrownBy(() -> new Resolution<>(DomainName.of("a.example"), List.of(), alias)).hasMessageContaining("was not followed");
    }
}
