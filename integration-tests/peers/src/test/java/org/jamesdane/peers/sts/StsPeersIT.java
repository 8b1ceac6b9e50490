/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers.sts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.delivery.sts.PolicyFetches;
import org.jamesdane.delivery.sts.StsLookup;
import org.jamesdane.delivery.sts.StsSearch;
import org.jamesdane.delivery.sts.StsWorld;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.validating.TrustAnchors;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.dns.validating.ValidatorConfig;
import org.jamesdane.https.AlarmThread;
import org.jamesdane.https.PolicyHosts;
import org.jamesdane.mtasts.MxPattern;
import org.jamesdane.mtasts.StsDiscovery;
import org.jamesdane.testing.dns.Fault;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SignedZone;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.TestPki;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Policies of MTA-STS that nginx serves. Our search for each finds what the table says. Postfix is told the same, but for listed
 * differences.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StsPeersIT {
    /** Time for one fetch, for us and for the referee. */
    static final Duration PATIENCE = Duration.ofSeconds(4);
    private static final String RESOLVER = "127.53.9.6";
    private static final int DNS_PORT = 53;
    private static final String SERVFAIL = "SERVFAIL";
    private static final String TABLE = "sts-table.txt";
    /** Entry of the form {@code - **MTA-STS policy: one row; another row.** The reason.} */
    private static final Pattern ENTRY = Pattern.compile("(?m)^- \\*\\*MTA-STS policy: ([^*]+)\\.\\*\\* \\S.*$");

    private final List<StsCase> cases = StsCase.all();
    private final Authority authority = TestPki.authority("Public CA of the peers");
    private final Map<String, String> ours = new LinkedHashMap<>();
    private final Map<String, String> theirs = new LinkedHashMap<>();

    @BeforeAll
    void askAll() throws IOException {
        try (SignedDns dns = dns(); PolicyServer server = new PolicyServer(cases, authority);
                StsReferee referee = new StsReferee(RESOLVER, TestPki.pem(authority.certificate()))) {
            Objects.requireNonNull(server);
            cases.forEach(each -> theirs.put(each.name(), referee.word(each.domain())));
            askOurs(dns);
        }
        StringBuilder table = new StringBuilder();
        cases.forEach(each -> table.append(String.format("%-55s | %-25s | %s%n", each.name(), ours.get(each.name()),
            theirs.get(each.name()))));
        System.out.println(table);
        Files.writeString(Path.of(System.getProperty("peers.target", "."), TABLE), table);
    }

    private SignedDns dns() throws IOException {
        SignedWorld world = SignedDns.world();
        SignedZone zone = world.zone("test").unsigned();
        for (StsCase each : cases) {
            zone.a("mta-sts." + each.label(), each.address());
            each.records().stream().filter(record -> !record.equals(SERVFAIL))
                .forEach(record -> zone.records("_mta-sts." + each.label() + " " + record));
        }
        SignedDns dns = world.start(InetAddress.getByName(RESOLVER), DNS_PORT);
        cases.stream().filter(each -> each.records().contains(SERVFAIL))
            .forEach(each -> dns.fault("_mta-sts." + each.domain(), "TXT", Fault.servFail()));
        return dns;
    }

    private void askOurs(SignedDns dns) {
        AlarmThread alarm = new AlarmThread();
        try (ValidatingDns validator = ValidatingDns.create(ValidatorConfig.builder().upstreams(List.of(dns.address()))
                .trustAnchors(TrustAnchors.parse(List.of(dns.trustAnchor()))).build(), Clock.systemUTC(), new Random());
                PolicyHosts hosts = new PolicyHosts(validator, new PolicyHosts.Terms(Authorities.own(Set.of(authority.certificate())),
                    List.of(AddressRange.parse("127.0.0.0/8")), PolicyServer.PORT, PATIENCE), Clock.systemUTC(), alarm)) {
            StsWorld kept = new StsWorld();
            StsLookup lookup = new StsLookup(validator, kept, new PolicyFetches(hosts, kept,
                new PolicyFetches.Threads(Runnable::run, Runnable::run), Clock.systemUTC(), new Random()), Clock.systemUTC(), name -> { });
            for (StsCase each : cases) {
                StsSearch search = lookup.begin(DomainName.of(each.domain()));
                search.await(PATIENCE.multipliedBy(2));
                ours.put(each.name(), word(search.present()));
            }
        } finally {
            alarm.close();
        }
    }

    private static String word(StsDiscovery discovery) {
        if (discovery instanceof StsDiscovery.Found found && found.kept().policy().enforces()) {
            return found.kept().policy().mx().stream().map(MxPattern::toString).collect(Collectors.toCollection(TreeSet::new))
                .stream().collect(Collectors.joining(" "));
        }
        return StsCase.NOTHING;
    }

    @Test
    void shouldHoldMailToWhatTheTableSays() {
        Map<String, String> wanted = new TreeMap<>();
        cases.forEach(each -> wanted.put(each.name(), each.word()));

        assertThat(cases).hasSizeGreaterThanOrEqualTo(80);
        assertThat(ours).containsExactlyInAnyOrderEntriesOf(wanted);
    }

    @Test
    void shouldAgreeWithThePostfixOfDebianButForListedDifferences() throws IOException {
        Set<String> listed = new TreeSet<>();
        Matcher entry = ENTRY.matcher(Files.readString(Path.of(System.getProperty("peers.divergences", "docs/divergences.md"))));
        while (entry.find()) {
            listed.addAll(List.of(entry.group(1).split("; ", -1)));
        }
        List<String> differing = ours.keySet().stream().filter(name -> !Objects.equals(ours.get(name), theirs.get(name))).toList();

        // Our own word is held above; Debian updates the referee, which may come to agree with it.
        listed.stream().filter(name -> !differing.contains(name)).forEach(name -> System.out.println("The referee agrees now: " + name));
        assertThat(ours.keySet()).as("rows").containsAll(listed);
        assertThat(listed).as("rows of docs/divergences.md").isNotEmpty().containsAll(differing);
    }
}
