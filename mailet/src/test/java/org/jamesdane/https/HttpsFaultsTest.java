/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.PolicyFetch;
import org.jamesdane.mtasts.PolicyFetcher;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.KeyKind;
import org.jamesdane.testing.pki.Leaf;
import org.jamesdane.testing.pki.TestPki;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Policy hosts that do wrong, one in each row of {@code https-faults.txt}. */
@Timeout(60)
class HttpsFaultsTest {
    static final Instant NOW = Instant.parse("2031-05-06T07:08:09Z");
    static final Authority ROOT = TestPki.authority("Public CA", Clock.fixed(NOW, ZoneOffset.UTC));
    static final Authorities AUTHORITIES = Authorities.ofPublic(Set.of(ROOT.certificate()), (path, anchor) -> Optional.empty());
    static final DomainName DOMAIN = DomainName.of("example.com");
    static final String HOST = "mta-sts.example.com";
    static final String POLICY = "version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: 86400\n";
    static final String GOOD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + POLICY.length() + "\r\n\r\n" + POLICY;

    private static final int LEAST_ROWS = 40;
    private static final Leaf LEAF = ROOT.leaf(HOST);
    private static final Map<String, Credential> CERTIFICATES = Map.ofEntries(
        Map.entry("good", LEAF.issue()),
        Map.entry("intermediate", ROOT.intermediate("Middle").leaf(HOST).issue().withoutRoot()),
        Map.entry("wildcard", ROOT.leaf("*.example.com").issue()),
        Map.entry("wildcard-deep", ROOT.leaf("*.com").issue()),
        Map.entry("wildcard-part", ROOT.leaf("mta*.example.com").issue()),
        Map.entry("other-name", ROOT.leaf("example.com").issue()),
        Map.entry("common-name", LEAF.withoutAlternativeNames().issue()),
        Map.entry("address", LEAF.onlyIpAddress("127.0.0.1").issue()),
        Map.entry("expired", LEAF.expired().issue()),
        Map.entry("future", LEAF.notYetValid().issue()),
        Map.entry("self-signed", TestPki.selfSigned(HOST, Clock.fixed(NOW, ZoneOffset.UTC)).issue()),
        Map.entry("other-ca", TestPki.authority("Private CA", Clock.fixed(NOW, ZoneOffset.UTC)).leaf(HOST).issue()),
        Map.entry("incomplete", ROOT.intermediate("Middle").leaf(HOST).issue().leafOnly()),
        Map.entry("rsa-1024", LEAF.key(KeyKind.RSA_1024).issue()),
        Map.entry("rsa-2048", LEAF.key(KeyKind.RSA_2048).issue()),
        Map.entry("broken", LEAF.brokenSignature().issue()));
    private static final Map<String, String> WORDS = Map.of("{200}", "HTTP/1.1 200 OK\r\n", "{text}", "Content-Type: text/plain\r\n",
        "{length}", "Content-Length: " + POLICY.length() + "\r\n", "{end}", "\r\n", "{policy}", POLICY,
        "{chunked}", "Transfer-Encoding: chunked\r\n", "{chunk}", Integer.toHexString(POLICY.length()) + "\r\n" + POLICY + "\r\n",
        "{last}", "0\r\n\r\n");
    private static final Pattern REPEATED = Pattern.compile("\\$\\{(\\d+),(.)}");

    /** A row: the certificate, the script, and the result or a part of its text. */
    record Row(String name, String certificate, String script, String result) {
        static Row of(String line) {
            List<String> cells = Arrays.stream(line.split(" \\| ", -1)).map(String::strip).toList();
            return new Row(cells.get(0), cells.get(1), cells.get(2), cells.get(3));
        }

        String text() {
            String text = script;
            for (Map.Entry<String, String> word : WORDS.entrySet()) {
                text = text.replace(word.getKey(), word.getValue());
            }
            text = REPEATED.matcher(text).replaceAll(each -> each.group(2).repeat(Integer.parseInt(each.group(1))));
            text = Pattern.compile("\\\\x([0-9a-f]{2})").matcher(text)
                .replaceAll(each -> java.util.regex.Matcher.quoteReplacement(Character.toString(Integer.parseInt(each.group(1), 16))));
            return text.replace("\\r", "\r").replace("\\n", "\n");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Row> rows() {
        try (InputStream in = HttpsFaultsTest.class.getResourceAsStream("https-faults.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#")).map(Row::of).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Row> cases() {
        return rows().stream();
    }

    static PolicyHosts client(ScriptedHost host, TestAlarm alarm) {
        return new PolicyHosts(new TestDns(name -> List.of(host.address())), new PolicyHosts.Terms(AUTHORITIES,
            List.of(AddressRange.parse("127.0.0.0/8")), host.port(), PolicyHosts.LIMIT), () -> NOW, alarm, PolicyHosts::socket,
            unhurried(alarm));
    }

    /** A pace that makes nobody wait. */
    static Pace unhurried(Alarm alarm) {
        return new Pace(Duration.ZERO, System::nanoTime, alarm);
    }

    static String word(PolicyFetch result) {
        return result instanceof PolicyFetch.Failed failed ? failed.cause() + " " + failed.text()
            : result instanceof PolicyFetch.Postponed postponed ? "postponed: " + postponed.text() : "fetched";
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldEndAsTheTableSays(Row row) throws IOException {
        TestAlarm alarm = new TestAlarm();
        boolean clear = row.certificate().equals("none");
        String name = row.certificate().equals("other-host") ? "other.example.com" : HOST;
        Optional<Credential> credential = clear ? Optional.empty()
            : Optional.ofNullable(CERTIFICATES.get(row.certificate().equals("other-host") ? "good" : row.certificate()));
        try (ScriptedHost host = ScriptedHost.start(new ScriptedHost.Script(credential, name, row.text()), alarm);
                PolicyHosts client = client(host, alarm)) {
            PolicyFetch result = client.fetch(DOMAIN, PolicyFetcher.Purpose.FIRST);

            assertThat(word(result)).matches(Pattern.compile(Arrays.stream(row.result().split(" \\.\\.\\. ", -1)).map(Pattern::quote)
                .reduce((a, b) -> a + ".*" + b).orElseThrow() + ".*", Pattern.DOTALL));
            assertThat(alarm.limits()).isEmpty();
            assertThat(host.connections()).isEqualTo(1);
        }
    }

    @Test
    void shouldHaveFaultsOfManyKinds() {
        assertThat(rows()).hasSizeGreaterThanOrEqualTo(LEAST_ROWS).extracting(Row::name).doesNotHaveDuplicates();
        assertThat(rows()).extracting(row -> row.result().split(" ", -1)[0]).contains("fetched", "UNAVAILABLE", "CERTIFICATE", "INVALID");
        assertThat(CERTIFICATES.keySet()).isSubsetOf(rows().stream().map(Row::certificate).toList());
    }
}
