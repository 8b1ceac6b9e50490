/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.jamesdane.dane.policy.IpAddresses;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dns.DomainName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    private static InetAddress address(String text) {
        return IpAddresses.parse(text).orElseThrow();
    }

    @Property
    void shouldReadEveryIpv4Address(@ForAll @Size(4) byte[] octets) throws UnknownHostException {
        InetAddress address = InetAddress.getByAddress(octets);

        assertThat(IpAddresses.parse(address.getHostAddress())).contains(address);
    }

    @Property
    void shouldReadEveryIpv6Address(@ForAll @Size(16) byte[] octets) throws UnknownHostException {
        InetAddress address = InetAddress.getByAddress(octets);

        assertThat(IpAddresses.parse(address.getHostAddress())).contains(address);
    }

    @Property
    void shouldReadAnIpv6AddressWithItsZerosLeftOut(@ForAll @Size(16) byte[] octets) throws UnknownHostException {
        for (int i = 2; i < 14; i++) {
            octets[i] = 0;
        }
        octets[0] |= 0x20;
        InetAddress address = InetAddress.getByAddress(octets);
        int first = ((octets[0] & 0xff) << 8) | (octets[1] & 0xff);
        int last = ((octets[14] & 0xff) << 8) | (octets[15] & 0xff);

        assertThat(IpAddresses.parse(Integer.toHexString(first) + "::" + Integer.toHexString(last))).contains(address);
    }

    @Test
    void shouldReadAbbreviatedForms() throws UnknownHostException {
        assertThat(address("::")).isEqualTo(InetAddress.getByAddress(new byte[16]));
        assertThat(address("::1").getAddress()[15]).isEqualTo((byte) 1);
        assertThat(address("1::").getAddress()[1]).isEqualTo((byte) 1);
        assertThat(address("2001:DB8::a").getHostAddress()).isEqualTo("2001:db8:0:0:0:0:0:a");
        assertThat(address("64:ff9b::192.0.2.33").getHostAddress()).isEqualTo("64:ff9b:0:0:0:0:c000:221");
        assertThat(address("1:2:3:4:5:6:7::").getHostAddress()).isEqualTo("1:2:3:4:5:6:7:0");
        assertThat(address("1:2:3:4:5:6:1.2.3.4").getHostAddress()).isEqualTo("1:2:3:4:5:6:102:304");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4.", "1.2.3.-4", "0x1.2.3.4", "1..2.3", "host",
        "1.2.3.4a", "1000.1.1.1", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "g::",
        "::1%lo", "1.2.3.4::", "::1.2.3.4:1", "1:2:3:4:5:6:7:1.2.3.4", "[::1]", "1:2", "::1.2.3", "::1.2.3.256", ":1:2:3:4:5:6:7"})
    void shouldReadNothingElse(String text) {
        assertThat(IpAddresses.parse(text)).isEmpty();
    }

    @Property
    void shouldNotStumbleOverAnyText(@ForAll String text) {
        assertThat(IpAddresses.parse(text)).isNotNull();
    }

    @Test
    void shouldKnowWhatIsInARange() {
        assertThat(AddressRange.parse("192.0.2.0/24").contains(address("192.0.2.255"))).isTrue();
        assertThat(AddressRange.parse("192.0.2.0/24").contains(address("192.0.3.0"))).isFalse();
        assertThat(AddressRange.parse("192.0.2.128/25").contains(address("192.0.2.127"))).isFalse();
        assertThat(AddressRange.parse("192.0.2.128/25").contains(address("192.0.2.128"))).isTrue();
        assertThat(AddressRange.parse("192.0.2.1").contains(address("192.0.2.1"))).isTrue();
        assertThat(AddressRange.parse("192.0.2.1").contains(address("192.0.2.0"))).isFalse();
        assertThat(AddressRange.parse("0.0.0.0/0").contains(address("255.1.2.3"))).isTrue();
        assertThat(AddressRange.parse("0.0.0.0/0").contains(address("::1"))).isFalse();
        assertThat(AddressRange.parse("2001:db8::/32").contains(address("2001:db8:ffff::1"))).isTrue();
        assertThat(AddressRange.parse("2001:db8::/32").contains(address("2001:db9::1"))).isFalse();
        assertThat(AddressRange.parse("::1/128")).hasToString("0:0:0:0:0:0:0:1/128");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/024", "192.0.2.0/24/8", "::/129"})
    void shouldRefuseWhatIsNoRange(String text) {
        assertThatThrownBy(() -> AddressRange.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldSayWhatARangeLooksLike() {
        assertThatThrownBy(() -> AddressRange.parse("localhost"))
            .hasMessage("\"localhost\" is no address range; allowed are 192.0.2.1, 192.0.2.0/24 and 2001:db8::/32");
        assertThatThrownBy(() -> AddressRange.parse("192.0.2.0/33")).hasMessage("A prefix length for 192.0.2.0 is 0 to 32, not 33");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.255.255.255", "::1", "0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "239.255.255.255", "ff02::1",
        "169.254.1.1", "fe80::1", "255.255.255.255", "::ffff:127.0.0.1"})
    void shouldNotConnectToSpecialAddresses(String text) {
        assertThat(RoutingRules.defaults().mayConnectTo(address(text))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.5", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.0", "100.127.255.255", "fc00::1",
        "fdff:ffff::1", "fec0::1", "::ffff:10.0.0.5", "::10.0.0.5", "::ffff:0:10.0.0.5", "64:ff9b::10.0.0.5", "64:ff9b:1::1",
        "2002:a00:5::1", "2001:0:c000:201:0:0:f5ff:fffa", "2001:db8::5efe:10.0.0.5", "2001:db8::200:5efe:10.0.0.5",
        "64:ff9b::127.0.0.1", "2002:7f00:1::", "::0.0.0.2"})
    void shouldNotConnectToPrivateNetworksInAnyForm(String text) {
        assertThat(RoutingRules.defaults().mayConnectTo(address(text))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "1.0.0.0", "255.255.255.254", "254.255.255.255", "2001:db8::1", "126.255.255.255", "128.0.0.1",
        "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "100.63.255.255", "100.128.0.0",
        "fbff::1", "64:ff9b::192.0.2.1", "64:ff9b:2::1", "2002:c000:201::1", "2001:0:a00:5:0:0:3fff:fdfe", "2001:db8::5efe:192.0.2.1",
        "2001:db8::100:5efe:10.0.0.5"})
    void shouldConnectToOthers(String text) {
        assertThat(RoutingRules.defaults().mayConnectTo(address(text))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/8", "fd00::/8", "64:ff9b::10.0.0.0/104"})
    void shouldConnectToPrivateNetworksThatAreNamed(String named) {
        AddressRange range = AddressRange.parse(named);
        RoutingRules rules = new RoutingRules(Set.of(), Set.of(), List.of(range), 1, 2);

        List<String> all = List.of("10.0.0.5", "fd00::5", "64:ff9b::10.0.0.5");
        assertThat(all.stream().filter(text -> rules.mayConnectTo(address(text)))).hasSize(1)
            .allSatisfy(text -> assertThat(range.contains(address(text))).isTrue());
    }

    @Test
    void shouldConnectToSpecialAddressesThatAreAllowed() {
        RoutingRules rules = new RoutingRules(Set.of(), Set.of(), List.of(AddressRange.parse("127.0.0.0/8")), 1, 2);

        assertThat(rules.mayConnectTo(address("127.9.9.9"))).isTrue();
        assertThat(rules.mayConnectTo(address("::1"))).isFalse();
    }

    @Test
    void shouldRefuseRulesThatTryNothing() {
        assertThatThrownBy(() -> new RoutingRules(Set.of(), Set.of(), List.of(), 0, 2)).hasMessageContaining("one host");
        assertThatThrownBy(() -> new RoutingRules(Set.of(), Set.of(), List.of(), 1, 1)).hasMessageContaining("two addresses");
    }

    @Test
    void shouldKnowWhatAPortIs() {
        DomainName host = DomainName.of("gw.example.com");
        assertThat(new NextHop.Host(host, 1).port()).isEqualTo(1);
        assertThat(new NextHop.Host(host, 65_535)).hasToString("gw.example.com:65535");
        for (int wrong : new int[] {-1, 0, 65_536}) {
            assertThatThrownBy(() -> new NextHop.Host(host, wrong)).hasMessage("A port is 1 to 65535, not " + wrong);
            assertThatThrownBy(() -> new NextHop.Domain(host, wrong, false)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new NextHop.Address(address("192.0.2.1"), wrong, true)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldReadRecipientDomains() {
        assertThat(NextHop.ofRecipientDomain("example.com", 25))
            .isEqualTo(new NextHop.Domain(DomainName.of("example.com"), 25, false)).hasToString("example.com");
        assertThat(NextHop.ofRecipientDomain("[192.0.2.1]", 25))
            .isEqualTo(new NextHop.Address(address("192.0.2.1"), 25, false)).hasToString("[192.0.2.1]");
        assertThat(NextHop.ofRecipientDomain("[IPv6:2001:db8::1]", 25)).isEqualTo(new NextHop.Address(address("2001:db8::1"), 25, false));
        assertThat(NextHop.ofRecipientDomain("[ipv6:2001:db8::1]", 25).domain()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[192.0.2.1", "[]", "[2001:db8::1]", "[IPv6:192.0.2.1]", "[host]", "[IPv6:]", "[192.0.2.1]x"})
    void shouldRefuseWhatIsNoAddressLiteral(String text) {
        assertThatThrownBy(() -> NextHop.ofRecipientDomain(text, 25)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageEndingWith("is no address literal; allowed are [192.0.2.1] and [IPv6:2001:db8::1]");
    }

    @Test
    void shouldKnowGatewaysAndPorts() {
        NextHop.Host host = new NextHop.Host(DomainName.of("gw.example"), 587);
        NextHop.Address literal = new NextHop.Address(address("192.0.2.1"), 26, true);

        assertThat(host.gateway()).isTrue();
        assertThat(host.domain()).contains(DomainName.of("gw.example"));
        assertThat(host).hasToString("gw.example:587");
        assertThat(literal).hasToString("[192.0.2.1]:26");
        assertThat(new NextHop.Domain(DomainName.of("gw.example"), 65_535, true).gateway()).isTrue();
        assertThatThrownBy(() -> new NextHop.Host(DomainName.of("gw.example"), 0)).hasMessage("A port is 1 to 65535, not 0");
        assertThatThrownBy(() -> new NextHop.Domain(DomainName.of("gw.example"), 65_536, false)).hasMessageContaining("65536");
        assertThatThrownBy(() -> new NextHop.Address(address("192.0.2.1"), -1, false)).hasMessageContaining("-1");
    }
}
