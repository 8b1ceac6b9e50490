/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.jamesdane.dane.DnsWorld;
import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.DanePolicy;
import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.MxRouting;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.dns.RecordType;
import org.jamesdane.tls.TlsHandshake;
import org.jamesdane.tls.TlsSettings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Chains, anchors and names behind servers of OpenSSL and GnuTLS: our rules and Postfix's say the same of each domain, by the same TLSA, MX
 * and address records.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnchoredServersIT {
    private static final String TABLE = "anchored-servers-table.txt";
    private static final int CASES = 200;
    private static final RoutingRules RULES = new RoutingRules(Set.of(), Set.of(), List.of(AddressRange.parse("127.0.0.0/8")),
        RoutingRules.DEFAULT_MAX_HOSTS, RoutingRules.DEFAULT_MAX_ADDRESSES);

    private final Map<String, String> ours = new LinkedHashMap<>();
    private final Map<String, String> fingers = new LinkedHashMap<>();
    private final TreeSet<String> notStarted = new TreeSet<>();
    private List<AnchorCase> cases = List.of();

    @BeforeAll
    void askAll() throws IOException {
        Instant now = Instant.now();
        cases = AnchorCases.at(now);
        try (TlsServers servers = new TlsServers(); WorldDns dns = new WorldDns()) {
            servers.resolveBy(WorldDns.ADDRESS);
            for (AnchorCase each : cases) {
                Optional<TlsServers.Running> started = servers.start(each.server(), each.zoo().credential(each.chain()), each.arguments());
                if (started.isEmpty()) {
                    notStarted.add(each.name());
                    continue;
                }
                try (TlsServers.Running server = started.get()) {
                    dns.show(each.world(server.port()));
                    fingers.put(each.name(), server.finger(each.domain()));
                    ours.put(each.name(), ask(each, server, now));
                }
            }
        }
        StringBuilder table = new StringBuilder();
        ours.forEach((name, word) -> table.append(String.format("%-100s | %-45s | %s%n", name, word, fingers.get(name))));
        notStarted.forEach(name -> table.append(name).append(" | the program does not start so\n"));
        System.out.println(table);
        Files.writeString(Path.of(System.getProperty("peers.target", "."), TABLE), table);
    }

    private static String ask(AnchorCase each, TlsServers.Running server, Instant now) {
        DnsWorld dns = each.world(server.port());
        NextHop.Domain nextHop = (NextHop.Domain) NextHop.ofRecipientDomain(each.domain(), server.port());
        Routing routing = MxRouting.from(nextHop, dns.resolve(nextHop.name(), RecordType.MX), Policy.DANE, RULES, new Random(1));
        if (!(routing instanceof Routing.Route route) || !(route.hosts().get(0) instanceof MxHost.Named host)) {
            return "no host: " + routing;
        }
        HostAddresses addresses = HostAddresses.of(host, dns.resolve(host.name(), RecordType.A), dns.resolve(host.name(), RecordType.AAAA),
            RULES);
        if (!(addresses instanceof HostAddresses.Found found)) {
            return "no address: " + addresses;
        }
        TlsRequirement requirement = DanePolicy.requirementFor(Policy.DANE, route, host, TlsaSearch.run(
            TlsaSearch.begin(Policy.DANE, route, found, TlsaSearch.InsecureMx.DANE), name -> dns.lookup(name, RecordType.CNAME),
            name -> dns.resolve(name, RecordType.TLSA)));
        return requirement instanceof TlsRequirement.Dane dane ? connect(dane, server, now)
            : "no DANE: " + requirement.getClass().getSimpleName();
    }

    /** The word that posttls-finger has for it. */
    private static String connect(TlsRequirement.Dane dane, TlsServers.Running server, Instant now) {
        try (Socket socket = server.connect()) {
            TlsHandshake.Secured secured = TlsHandshake.perform(socket, TlsSettings.forServer(dane.base()));
            return ChannelCheck.of(dane, secured.channel(), now) instanceof ChannelCheck.Permitted
                ? dane.label() == SecurityLabel.VERIFIED ? "Verified" : "Trusted" : "Untrusted";
        } catch (IOException e) {
            return "no TLS: " + e.getMessage();
        }
    }

    @Test
    void shouldStartAtLeastTwoHundredServers() {
        assertThat(cases).extracting(AnchorCase::name).doesNotHaveDuplicates();
        assertThat(ours).hasSizeGreaterThanOrEqualTo(CASES);
    }

    @Test
    void shouldVerifyWhatPostfixVerifiesButForListedDifferences() throws IOException {
        ListedDifferences.hold("TLS anchor", "taken", areVerified(ours), areVerified(fingers));
    }

    /**
     * Tests whether the hosts are authenticated as those of the domain. Postfix says "Trusted" where the anchor is found and the name is
     * not, and also of all hosts below an insecure MX.
     */
    private static Map<String, Boolean> areVerified(Map<String, String> words) {
        return words.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().equals("Verified")));
    }
}
