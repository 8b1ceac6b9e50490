/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jamesdane.dns.DomainName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {
    private static final List<String> NAMES = List.of("none", "may", "encrypt", "audit", "dane", "dane-encrypt",
        "authenticated", "dane-only");
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    private static PolicySelection select(Map<String, Policy> entries, String domain) {
        return table(entries).select(DomainName.of(domain), NOW);
    }

    private static PolicyTable table(Map<String, Policy> entries) {
        Map<String, PolicyTable.Rule> rules = new HashMap<>();
        entries.forEach((key, policy) -> rules.put(key, new PolicyTable.Rule(policy, Optional.empty())));
        return PolicyTable.of(Policy.DANE, rules);
    }

    @ParameterizedTest
    @CsvSource({
        "none, OFF, NONE",
        "may, OFF, MAY",
        "encrypt, OFF, ENCRYPT",
        "audit, AUDIT, MAY",
        "dane, ENFORCE, MAY",
        "dane-encrypt, ENFORCE, ENCRYPT",
        "authenticated, ENFORCE, AUTHENTICATE",
        "dane-only, MANDATORY, AUTHENTICATE"})
    void shouldHaveEightNames(String name, Policy.Dane dane, Policy.Tls tls) {
        assertThat(Policy.parse(name)).isEqualTo(new Policy(dane, tls)).hasToString(name);
        assertThat(Policy.parse(name.toUpperCase(java.util.Locale.ROOT))).isEqualTo(Policy.parse(name));
        assertThat(Policy.parse(name).usesDane()).isEqualTo(dane != Policy.Dane.OFF);
    }

    @Test
    void shouldNameWhatIsAllowedWhenAPolicyIsUnknown() {
        assertThatThrownBy(() -> Policy.parse("audit+encrypt"))
            .hasMessage("\"audit+encrypt\" is no policy; allowed are none, may, encrypt, audit, dane, dane-encrypt, "
                + "authenticated, dane-only");
    }

    @Test
    void shouldRefuseDaneWithoutTls() {
        assertThatThrownBy(() -> new Policy(Policy.Dane.AUDIT, Policy.Tls.NONE)).hasMessage("DANE without TLS is no policy");
        assertThatThrownBy(() -> new Policy(Policy.Dane.MANDATORY, Policy.Tls.MAY))
            .hasMessage("Mandatory DANE without authentication is no policy");
        for (Policy.Dane weak : List.of(Policy.Dane.OFF, Policy.Dane.AUDIT)) {
            assertThatThrownBy(() -> new Policy(weak, Policy.Tls.AUTHENTICATE)).hasMessage("Authentication without DANE is no policy");
        }
    }

    @Test
    void shouldShowTheNinthPolicyByItsAxes() {
        assertThat(Policy.AUDIT.and(Policy.ENCRYPT)).hasToString("audit+encrypt");
    }

    @Test
    void shouldPlaceAuthenticatedBetweenEncryptionAndDaneAlone() {
        for (Policy weaker : List.of(Policy.NO_TLS, Policy.MAY, Policy.ENCRYPT, Policy.AUDIT, Policy.DANE, Policy.DANE_ENCRYPT)) {
            assertThat(weaker.and(Policy.AUTHENTICATED)).isEqualTo(Policy.AUTHENTICATED);
            assertThat(weaker.demandsAuthentication()).isFalse();
        }
        assertThat(Policy.AUTHENTICATED.and(Policy.DANE_ONLY)).isEqualTo(Policy.DANE_ONLY);
        assertThat(List.of(Policy.AUTHENTICATED, Policy.DANE_ONLY)).allMatch(Policy::demandsAuthentication);
    }

    @Test
    void shouldKeepTlsInTheSecondPassOfAnAudit() {
        assertThat(Policy.AUDIT.withoutDane()).isEqualTo(Policy.MAY);
        assertThat(Policy.AUDIT.and(Policy.ENCRYPT).withoutDane()).isEqualTo(Policy.ENCRYPT);
    }

    @Property
    void shouldTakeTheMaximumOnEachAxis(@ForAll("policies") Policy one, @ForAll("policies") Policy other) {
        Policy both = one.and(other);

        assertThat(both).isEqualTo(other.and(one));
        assertThat(both.dane()).isIn(one.dane(), other.dane()).isGreaterThanOrEqualTo(one.dane()).isGreaterThanOrEqualTo(other.dane());
        assertThat(both.tls()).isIn(one.tls(), other.tls()).isGreaterThanOrEqualTo(one.tls()).isGreaterThanOrEqualTo(other.tls());
    }

    @Property
    void shouldCombineInAnyOrder(@ForAll("policies") Policy one, @ForAll("policies") Policy two, @ForAll("policies") Policy three) {
        assertThat(one.and(two).and(three)).isEqualTo(one.and(two.and(three)));
        assertThat(one.and(one)).isEqualTo(one);
    }

    @Provide
    Arbitrary<Policy> policies() {
        return Arbitraries.of(NAMES).map(Policy::parse);
    }

    @Test
    void shouldTakeASingleDotForTheRootAlone() {
        assertThat(select(Map.of(".", Policy.MAY), "com").policy()).isEqualTo(Policy.DANE);
        assertThat(select(Map.of(".", Policy.MAY), ".").policy()).isEqualTo(Policy.MAY);
    }

    @Test
    void shouldPreferTheDomainItself() {
        Map<String, Policy> entries = Map.of("example.com", Policy.DANE_ONLY, ".com", Policy.MAY);

        assertThat(select(entries, "example.com")).isEqualTo(new PolicySelection(Policy.DANE_ONLY, "domain example.com"));
        assertThat(select(entries, "EXAMPLE.com").policy()).isEqualTo(Policy.DANE_ONLY);
    }

    @Test
    void shouldPreferTheNearestParent() {
        Map<String, Policy> entries = Map.of(".example.com", Policy.DANE_ONLY, ".com", Policy.MAY);

        assertThat(select(entries, "a.b.example.com")).isEqualTo(new PolicySelection(Policy.DANE_ONLY, "wildcard .example.com"));
        assertThat(select(entries, "b.example.com").policy()).isEqualTo(Policy.DANE_ONLY);
        assertThat(select(entries, "example.org").source()).isEqualTo("default");
    }

    @Test
    void shouldNotTakeAParentsPolicyForTheParentItself() {
        assertThat(select(Map.of(".example.com", Policy.DANE_ONLY), "example.com")).isEqualTo(new PolicySelection(Policy.DANE, "default"));
        assertThat(select(Map.of(".example.com", Policy.DANE_ONLY), "notexample.com").policy()).isEqualTo(Policy.DANE);
        assertThat(select(Map.of("example.com", Policy.DANE_ONLY), "a.example.com").policy()).isEqualTo(Policy.DANE);
    }

    @Test
    void shouldRefuseATableThatNamesADomainTwice() {
        assertThatThrownBy(() -> table(Map.of("example.com", Policy.MAY, "Example.com", Policy.DANE)))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("twice");
        assertThatThrownBy(() -> table(Map.of("exa mple..com", Policy.MAY)))
            .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldPassOverAnExceptionWhoseTimeIsOver() {
        PolicyTable table = PolicyTable.of(Policy.DANE, Map.of(
            "mail.example.com", new PolicyTable.Rule(Policy.MAY, Optional.of(NOW)),
            ".example.com", new PolicyTable.Rule(Policy.ENCRYPT, Optional.of(NOW.plusSeconds(1)))));
        DomainName name = DomainName.of("mail.example.com");

        assertThat(table.select(name, NOW.minusMillis(1)))
            .isEqualTo(new PolicySelection(Policy.MAY, "domain mail.example.com until 2026-11-01T12:00:00Z"));
        assertThat(table.select(name, NOW))
            .isEqualTo(new PolicySelection(Policy.ENCRYPT, "wildcard .example.com until 2026-11-01T12:00:01Z"));
        assertThat(table.select(name, NOW.plusSeconds(1))).isEqualTo(new PolicySelection(Policy.DANE, "default"));
    }

    @Test
    void shouldKeepADomainAndWhatIsBelowApart() {
        PolicyTable table = table(Map.of("example.com", Policy.MAY, ".example.com", Policy.ENCRYPT));

        assertThat(table.select(DomainName.of("example.com"), NOW).policy()).isEqualTo(Policy.MAY);
        assertThat(table.select(DomainName.of("mx.example.com"), NOW).policy()).isEqualTo(Policy.ENCRYPT);
    }

    @Test
    void shouldChooseByTheGatewayAndByDefaultForAnAddress() {
        PolicyTable table = table(Map.of("gw.example", Policy.ENCRYPT));

        assertThat(table.select(new NextHop.Host(DomainName.of("gw.example"), 587), NOW).policy()).isEqualTo(Policy.ENCRYPT);
        assertThat(table.select(NextHop.ofRecipientDomain("gw.example", 25), NOW).policy()).isEqualTo(Policy.ENCRYPT);
        assertThat(table.select(NextHop.ofRecipientDomain("[192.0.2.1]", 25), NOW).source()).isEqualTo("default");
    }

    @Test
    void shouldSayWhenAMailRaisesThePolicy() {
        PolicySelection selection = new PolicySelection(Policy.DANE, "default");

        assertThat(selection.demanding(Policy.ENCRYPT, "the sender"))
            .isEqualTo(new PolicySelection(Policy.DANE_ENCRYPT, "default, raised by the sender"));
        assertThat(selection.demanding(Policy.MAY, "the sender")).isSameAs(selection);
    }

    @Test
    void shouldEaseWhatARecipientPublishesAndNotWhatAnOperatorDemands() {
        // RFC 8689 §4.2.2: follow any policy published by the recipient domain, but do not fail if this is unsuccessful.
        assertThat(new PolicySelection(Policy.DANE, "default").easedBySender())
            .isEqualTo(new PolicySelection(Policy.AUDIT, "default, eased by TLS-Required: No"));
        assertThat(new PolicySelection(Policy.DANE_ENCRYPT, "default").easedBySender().policy()).hasToString("audit+encrypt");
        for (Policy kept : List.of(Policy.NO_TLS, Policy.MAY, Policy.ENCRYPT, Policy.AUDIT, Policy.AUTHENTICATED, Policy.DANE_ONLY)) {
            PolicySelection selection = new PolicySelection(kept, "domain example.com");
            assertThat(selection.easedBySender()).isSameAs(selection);
        }
    }
}
