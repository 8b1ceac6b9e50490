/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jamesdane.dns.DomainName;
import org.junit.jupiter.api.Test;

/** Policies by the grammar of RFC 8461 §3.2, and their patterns by §4.1. */
class StsPolicyTest {
    private static final List<String> SHORT = List.of("OK", "E", "M", "A");
    private static final List<String> LINES = List.of("version: STSv1\n", "mode: enforce\n", "mx: a.example\n", "max_age: 86400\n");

    static byte[] body(String cell) {
        StringBuilder text = new StringBuilder();
        String left = cell;
        for (int i = 0; i < SHORT.size(); i++) {
            String name = SHORT.get(i);
            if (left.equals(name) || left.startsWith(name + " ")) {
                text.append(LINES.get(i));
                left = left.equals(name) ? "" : left.substring(name.length() + 1);
            }
        }
        return StsTables.octets(text + left);
    }

    private static StsPolicy policy(String text) {
        return ((StsPolicy.Read) StsPolicy.read(text.getBytes(StandardCharsets.UTF_8))).policy();
    }

    static String shown(StsPolicy policy) {
        return policy.mode() + " " + policy.maxAge().toSeconds()
            + policy.mx().stream().map(pattern -> " " + pattern).collect(Collectors.joining());
    }

    @Test
    void shouldSayWhatIsWrongAndWhere() {
        assertThat(StsPolicy.read(body("OK E M max_age: never"))).hasToString("Malformed[text=line 4 has a wrong max_age: \"never\"]");
        assertThat(StsPolicy.read(body("OK mode: maybe\u202e"))).hasToString("Malformed[text=line 2 has a wrong mode: \"maybe?\"]");
        assertThat(StsPolicy.read(body("OK E mx: *"))).hasToString("Malformed[text=line 3 has an mx that is no pattern: \"*\"]");
        assertThat(StsPolicy.read(body("OK nonsense"))).hasToString("Malformed[text=line 2 is no field: \"nonsense\"]");
        assertThat(StsPolicy.read(new byte[StsPolicy.MAX_OCTETS + 1])).hasToString("Malformed[text=it has more than 65536 octets]");
    }

    @Test
    void shouldReadLongBodiesInNoTime() {
        for (String part : List.of(" ", "\t", "\n", "\r\n", "a", ":", "a:b\n", "a: b \t", "mx: a.b\n", "*.", "€")) {
            String text = LINES.get(0) + "x: " + part.repeat((StsPolicy.MAX_OCTETS - 18) / part.getBytes(StandardCharsets.UTF_8).length);
            assertThat(StsPolicy.read(text.getBytes(StandardCharsets.UTF_8))).isInstanceOf(StsPolicy.Malformed.class);
        }
        String many = "version: STSv1\nmode: enforce\nmax_age: 600" + "\nmx: a.b".repeat(8000);
        assertThat(policy(many).mx()).hasSize(8000);
    }

    @Test
    void shouldKeepTheTextForReports() {
        StsPolicy policy = policy("version: STSv1\r\nmode: testing\r\nmx: a.example \r\nx: y\r\nmax_age: 600\r\n");

        assertThat(policy.lines()).containsExactly("version: STSv1", "mode: testing", "mx: a.example ", "x: y", "max_age: 600");
        assertThat(policy(policy.body())).isEqualTo(policy);
    }

    @Test
    void shouldNameTheHostsOfAnyPattern() {
        StsPolicy policy = policy("version: STSv1\nmode: enforce\nmx: a.example\nmx: *.b.example\nmax_age: 600");

        assertThat(Stream.of("a.example", "x.b.example").map(DomainName::of)).allMatch(policy::names);
        assertThat(Stream.of("b.example", "x.a.example", "c.example").map(DomainName::of)).noneMatch(policy::names);
        assertThat(policy("version: STSv1\nmode: none\nmax_age: 600").names(DomainName.of("a.example"))).isFalse();
    }

    @Test
    void shouldBindOnlyInModeEnforce() {
        assertThat(policy("version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 600").enforces()).isTrue();
        assertThat(policy("version: STSv1\nmode: testing\nmx: a.example\nmax_age: 600").enforces()).isFalse();
        assertThat(policy("version: STSv1\nmode: none\nmax_age: 600").enforces()).isFalse();
    }

    @Test
    void shouldKnowThePlaceOfThePolicy() {
        DomainName domain = DomainName.of("user.example");
        String label = "a".repeat(63);

        assertThat(StsPolicy.hostFor(domain)).contains(DomainName.of("mta-sts.user.example"));
        assertThat(StsPolicy.urlFor(domain)).contains("https://mta-sts.user.example/.well-known/mta-sts.txt");
        assertThat(StsPolicy.hostFor(DomainName.of(String.join(".", label, label, label, "b".repeat(60))))).isEmpty();
    }

    @Test
    void shouldNotMakeAPolicyThatCannotBeRead() {
        MxPattern mx = MxPattern.parse("a.example").orElseThrow();

        assertThatThrownBy(() -> new StsPolicy(StsPolicy.Mode.ENFORCE, StsPolicy.SHORTEST_AGE, List.of(), ""))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("names no host");
        for (Duration age : List.of(Duration.ofSeconds(299), Duration.ofSeconds(31_557_601))) {
            assertThatThrownBy(() -> new StsPolicy(StsPolicy.Mode.NONE, age, List.of(mx), "")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(age.toString());
        }
    }

    @Test
    void shouldComparePatternsWithoutCase() {
        MxPattern pattern = MxPattern.parse("*.Example.COM").orElseThrow();

        assertThat(pattern).hasToString("*.example.com").isEqualTo(MxPattern.parse("*.example.com").orElseThrow())
            .hasSameHashCodeAs(MxPattern.parse("*.example.com").orElseThrow())
            .isNotEqualTo(MxPattern.parse("example.com").orElseThrow()).isNotEqualTo(MxPattern.parse("*.example.net").orElseThrow())
            .isNotEqualTo("*.example.com");
        assertThat(pattern.hashCode()).isNotEqualTo(MxPattern.parse("example.com").orElseThrow().hashCode());
    }
}
