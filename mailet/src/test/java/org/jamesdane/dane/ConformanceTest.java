/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jamesdane.dane.channel.DaneVerifier;
import org.jamesdane.dane.channel.Verification;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.pkix.RecordVerdict;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.dane.tlsa.UsableTlsaSet;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.TlsaRecord;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The tables of cases written from the RFCs; each row is a test with a name. */
class ConformanceTest {
    private static final CertificateZoo ZOO = ConformanceCases.certificates();

    /** DNS lines that put a host into each column of the decision table. */
    private static final Map<String, List<String>> COLUMNS = Map.of(
        "usable", List.of("mx.example.com A 192.0.2.1", "_25._tcp.mx.example.com TLSA 3 1 1 leaf"),
        "unusable", List.of("mx.example.com A 192.0.2.1", "_25._tcp.mx.example.com TLSA 0 0 1 ca"),
        "denied", List.of("mx.example.com A 192.0.2.1"),
        "insecure-tlsa", List.of("mx.example.com A 192.0.2.1", "unsigned _tcp.mx.example.com", "_25._tcp.mx.example.com TLSA 3 1 1 leaf"),
        "insecure-denial", List.of("mx.example.com A 192.0.2.1", "unsigned _tcp.mx.example.com"),
        "insecure-address", List.of("unsigned mx.example.com", "mx.example.com A 192.0.2.1", "_25._tcp.mx.example.com TLSA 3 1 1 leaf"),
        "insecure-alias", List.of("unsigned mx.example.com", "mx.example.com CNAME a.example.net", "a.example.net A 192.0.2.1",
            "_25._tcp.a.example.net TLSA 3 1 1 leaf"),
        "failed", List.of("mx.example.com A 192.0.2.1", "fail _25._tcp.mx.example.com TLSA BOGUS"));

    static final List<String> SERVERS = List.of("shows leaf ca", "shows other ca", "clear", "breaks");

    @TestFactory
    Stream<DynamicTest> shouldFollowTheDecisionTable() {
        return ConformanceCases.rows("decision-table.txt").stream().flatMap(row -> {
            List<DynamicTest> tests = new ArrayList<>();
            for (int i = 0; i < SERVERS.size(); i++) {
                String server = SERVERS.get(i);
                String expected = row.get(3 + i);
                List<String> dns = world(row.get(1));
                tests.add(DynamicTest.dynamicTest(row.get(0) + ", TLSA " + row.get(1) + ", server " + server, () -> {
                    List<String> settings = List.of("policy " + row.get(0), "host mx.example.com " + server);
                    assertThat(new MailScenario(ZOO, dns, settings).run())
                        .contains("mx.example.com requires " + row.get(2), "outcome " + written(expected));
                }));
            }
            return tests.stream();
        });
    }

    /** DNS of a column of the decision table. */
    static List<String> world(String column) {
        List<String> dns = new ArrayList<>(COLUMNS.get(column));
        dns.add("example.com MX 10 mx.example.com");
        return dns;
    }

    private static String written(String expected) {
        return expected.startsWith("delivered") ? expected + " mx.example.com" : expected;
    }

    @Test
    void shouldHaveARowForEveryCellOfTheDecisionTable() {
        Set<String> cells = new HashSet<>();
        for (String policy : List.of("none", "may", "encrypt", "audit", "dane", "dane-encrypt", "authenticated", "dane-only")) {
            COLUMNS.keySet().forEach(column -> cells.add(policy + " " + column));
        }
        assertThat(ConformanceCases.rows("decision-table.txt")).extracting(row -> row.get(0) + " " + row.get(1))
            .containsExactlyInAnyOrderElementsOf(cells);
    }

    @TestFactory
    Stream<DynamicTest> shouldDecideOnWholeMails() {
        return ScenarioTable.read("mails.txt").stream().map(each -> DynamicTest.dynamicTest(each.name(), () -> {
            List<String> happened = new MailScenario(ZOO, each.dns(), each.settings()).run();
            assertThat(happened).containsAll(each.expected())
                .allSatisfy(phrase -> each.never().forEach(unwanted -> assertThat(phrase).doesNotStartWith(unwanted)));
            assertThat(each.expected()).anyMatch(phrase -> phrase.startsWith("outcome "));
        }));
    }

    @TestFactory
    Stream<DynamicTest> shouldSortTlsaRecords() {
        return ConformanceCases.rows("records.txt").stream().map(row -> DynamicTest.dynamicTest(row.get(0) + ": " + row.get(3), () -> {
            List<TlsaRecord> records = Stream.of(row.get(1).split(",", -1)).map(ZOO::record).toList();
            String used = TlsaUsability.of(records).usable().map(set -> set.records().stream()
                .map(each -> each.usage() + " " + each.selector() + " " + each.matchingType()).collect(Collectors.joining(", ")))
                .orElse("none");
            assertThat(used).isEqualTo(row.get(2));
            int left = TlsaUsability.of(records).unusable().size();
            assertThat(left).isEqualTo(new HashSet<>(records).size() - (used.equals("none") ? 0 : used.split(",", -1).length));
        }));
    }

    @TestFactory
    Stream<DynamicTest> shouldVerifyChains() {
        return ConformanceCases.rows("chains.txt").stream().map(row -> DynamicTest.dynamicTest(row.get(0) + ": " + row.get(4), () -> {
            String[] chainAndTime = row.get(1).split("@", -1);
            List<TlsaRecord> published = Stream.of(row.get(2).split(",", -1)).map(ZOO::record).toList();
            List<DomainName> names = List.of(DomainName.of("mx.example.com"), DomainName.of("example.com"));
            Instant now = chainAndTime.length > 1 ? Instant.parse(chainAndTime[1].strip()) : CertificateZoo.NOW;
            Verification result = DaneVerifier.verify(PeerCertificate.of(ZOO.chain(chainAndTime[0])),
                TlsaUsability.of(published).usable().orElseThrow(), names, now);
            assertThat(shown(result)).as("%s", result).isEqualTo(row.get(3));
        }));
    }

    private static String shown(Verification result) {
        if (result instanceof Verification.Verified verified) {
            return "verified " + verified.record().usage() + " " + verified.record().selector() + " " + verified.record().matchingType()
                + " depth " + verified.depth() + verified.name().map(name -> " " + name).orElse("");
        }
        return result instanceof Verification.NoMatch none
            ? none.verdicts().get(0).mismatch().name().toLowerCase(Locale.ROOT) : "malformed";
    }

    @TestFactory
    Stream<DynamicTest> shouldMatchNames() {
        return ConformanceCases.rows("names.txt").stream().map(row -> DynamicTest.dynamicTest(
            row.get(0) + ": " + row.get(4) + " (" + row.get(1) + " for " + row.get(2) + ")", () -> {
                CertificateZoo zoo = CertificateZoo.of(List.of("ca = authority CA", "leaf = ca leaf unused.example " + row.get(1)));
                UsableTlsaSet records = TlsaUsability.of(List.of(zoo.record("2 1 1 ca"))).usable().orElseThrow();
                List<DomainName> names = List.of(DomainName.of(row.get(2)));
                Verification result = DaneVerifier.verify(PeerCertificate.of(zoo.chain("leaf ca")), records, names, CertificateZoo.NOW);
                Optional<RecordVerdict.Mismatch> mismatch = result instanceof Verification.NoMatch none
                    ? Optional.of(none.verdicts().get(0).mismatch()) : Optional.empty();
                Optional<RecordVerdict.Mismatch> wanted = row.get(3).equals("yes") ? Optional.empty()
                    : Optional.of(RecordVerdict.Mismatch.NAME);
                assertThat(mismatch).isEqualTo(wanted);
            }));
    }

    @Test
    void shouldHaveAtLeast250CasesWithNamesOfTheirOwn() {
        List<String> names = new ArrayList<>();
        ConformanceCases.rows("decision-table.txt").forEach(row -> SERVERS.forEach(server -> names.add(row + server)));
        ScenarioTable.read("mails.txt").forEach(each -> names.add(each.name()));
        Stream.of("records.txt", "chains.txt", "names.txt")
            .forEach(table -> ConformanceCases.rows(table).forEach(row -> names.add(row.toString())));
        assertThat(names).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(250);
    }
}
