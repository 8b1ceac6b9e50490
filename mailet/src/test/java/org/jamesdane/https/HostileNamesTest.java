/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.PolicyFetch;
import org.jamesdane.mtasts.PolicyFetcher;
import org.junit.jupiter.api.Test;

/** Names of strangers that lead into this server's own surroundings. */
class HostileNamesTest {
    private static final int NAMES = 10_000;
    /** Names that stand for something else in a URL, a request, or the resolver of an operating system. */
    private static final List<String> ODD = List.of("localhost", "127.0.0.1", "0x7f.1", "2130706433", "metadata.google.internal",
        "a@b.example", "a:443.example", "a/b.example", "a?b.example", "a#b.example", "a\\013\\010b.example", "a\\032b.example",
        "[127.0.0.1].example", "%31%32%37.example", "a\\000.example", "\\255\\254.example", "xn--a.example", "*.example", "_a.example");
    /** Ranges of RFC 6890 and of its kin, with the octets that vary left open. */
    private static final List<String> RANGES = List.of("127.x.x.x", "10.x.x.x", "192.168.x.x", "172.16.x.x", "172.31.x.x", "169.254.x.x",
        "169.254.169.254", "100.64.x.x", "0.x.x.x", "224.0.0.x", "239.x.x.x", "255.255.255.255", "::1", "::", "fe80::x:x", "fc00::x",
        "fd00::x:x", "fec0::x", "ff02::x", "::7f00:x", "::ffff:0:7f00:x", "64:ff9b::7f00:x", "64:ff9b::a00:x", "64:ff9b:1::x",
        "2002:7f00:x::x", "2002:a00:x::x", "2001:0:x:x:x:x:80ff:x", "2001:db8:1:1:0:5efe:7f00:x");

    private final List<SocketAddress> connected = new ArrayList<>();
    private final Random random = new Random(21);

    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }

    private String filled(String range) {
        StringBuilder address = new StringBuilder();
        for (int i = 0; i < range.length(); i++) {
            char each = range.charAt(i);
            address.append(each != 'x' ? String.valueOf(each)
                : range.indexOf(':') < 0 ? String.valueOf(random.nextInt(256)) : Integer.toHexString(random.nextInt(0x10000)));
        }
        return address.toString();
    }

    private DomainName name(int number) {
        String odd = ODD.get(number % ODD.size());
        return DomainName.parse(number < ODD.size() ? odd : "n" + number + "." + odd).orElseGet(() -> DomainName.of("n" + number));
    }

    private PolicyHosts client(List<InetAddress> addresses, List<AddressRange> allowed) {
        return new PolicyHosts(new TestDns(name -> addresses), new PolicyHosts.Terms(HttpsFaultsTest.AUTHORITIES, allowed,
            PolicyHosts.HTTPS_PORT, PolicyHosts.LIMIT), () -> HttpsFaultsTest.NOW, new TestAlarm(), () -> new Socket() {
                @Override
                public void connect(SocketAddress endpoint, int timeout) throws IOException {
                    connected.add(endpoint);
                    throw new IOException("no network here");
                }
            }, HttpsFaultsTest.unhurried(new TestAlarm()));
    }

    private PolicyFetch.Failed fetch(PolicyHosts client, DomainName domain) {
        return (PolicyFetch.Failed) client.fetch(domain, PolicyFetcher.Purpose.FIRST);
    }

    @Test
    void shouldSendNoRequestToASpecialAddress() throws Exception {
        for (int i = 0; i < NAMES; i++) {
            List<InetAddress> addresses = new ArrayList<>();
            for (int j = 0; j <= i % 3; j++) {
                addresses.add(address(filled(RANGES.get(random.nextInt(RANGES.size())))));
            }
            try (PolicyHosts client = client(addresses, List.of())) {
                PolicyFetch.Failed failed = fetch(client, name(i));

                assertThat(failed.cause()).isEqualTo(PolicyFetch.Cause.UNAVAILABLE);
                assertThat(connected).as("%s at %s", name(i), addresses).isEmpty();
            }
        }
    }

    @Test
    void shouldConnectToOtherAddressesOfTheSameHost() throws Exception {
        List<InetAddress> addresses = List.of(address("127.0.0.1"), address("192.0.2.7"), address("::1"), address("2001:db8::7"));
        try (PolicyHosts client = client(addresses, List.of())) {
            assertThat(fetch(client, DomainName.of("example.com")).text())
                .isEqualTo("no connection to the policy host at 192.0.2.7 port 443: no network here");
        }
        assertThat(connected).containsExactly(new InetSocketAddress(address("2001:db8::7"), 443),
            new InetSocketAddress(address("192.0.2.7"), 443));
    }

    @Test
    void shouldConnectToSpecialAddressesThatAreAllowed() throws Exception {
        try (PolicyHosts client = client(List.of(address("10.1.2.3"), address("10.2.2.3")), List.of(AddressRange.parse("10.1.0.0/16")))) {
            fetch(client, DomainName.of("example.com"));
        }
        assertThat(connected).containsExactly(new InetSocketAddress(address("10.1.2.3"), 443));
    }

    @Test
    void shouldSayWhyThereIsNoRequest() throws Exception {
        try (PolicyHosts client = client(List.of(address("127.0.0.1")), List.of())) {
            assertThat(fetch(client, DomainName.of("example.com")).text()).isEqualTo("the policy host cannot be connected to: "
                + "its address 127.0.0.1 is a loopback, link-local or other special one");
            assertThat(fetch(client, DomainName.of("a\\013b.example")).text())
                .isEqualTo("the domain's name cannot be part of a policy host's name");
            String label = "a".repeat(63);
            assertThat(fetch(client, DomainName.of(String.join(".", label, label, label, "b".repeat(61)))).text())
                .isEqualTo("the domain's name cannot be part of a policy host's name");
        }
        try (PolicyHosts client = client(List.of(), List.of())) {
            assertThat(fetch(client, DomainName.of("example.com")).text())
                .isEqualTo("the policy host cannot be connected to: it has no address");
        }
        assertThat(Optional.of(connected)).contains(List.of());
    }
}
