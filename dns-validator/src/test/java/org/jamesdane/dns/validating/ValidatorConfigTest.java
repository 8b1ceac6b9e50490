/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

import org.jamesdane.dns.DomainName;
import org.junit.jupiter.api.Test;

class ValidatorConfigTest {
    private static ValidatorConfig.Builder builder() {
        return ValidatorConfig.builder().upstreams(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 53)));
    }

    private static void assertRefused(UnaryOperator<ValidatorConfig.Builder> setting, String sentence) {
        assertThatThrownBy(() -> setting.apply(builder()).build()).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining(sentence);
    }

    @Test
    void shouldHaveTheDocumentedDefaults() {
        ValidatorConfig config = builder().build();

        assertThat(config.mode()).isEqualTo(ValidatorConfig.Mode.VALIDATE);
        assertThat(config.trustAnchors()).isEqualTo(TrustAnchors.builtIn());
        assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.cacheMaxEntries()).isEqualTo(50_000);
        assertThat(config.clockSkew()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.insecureDomains()).isEmpty();
        assertThat(config.selfTestNames()).isEmpty();
    }

    @Test
    void shouldRefuseServersThatCannotBeAsked() {
        assertRefused(builder -> builder.upstreams(List.of()), "There are 0 DNS servers; 1 to 8 recursive resolvers are needed");
        assertRefused(builder -> builder.upstreams(Collections.nCopies(9, new InetSocketAddress(InetAddress.getLoopbackAddress(), 53))),
            "There are 9 DNS servers");
        assertRefused(builder -> builder.upstreams(List.of(InetSocketAddress.createUnresolved("resolver.example", 53))),
            "The DNS server \"resolver.example\" is no IP address");
        assertRefused(builder -> builder.upstreams(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))), "has port 0");
    }

    @Test
    void shouldRefuseValuesOutOfRange() {
        assertRefused(builder -> builder.timeout(Duration.ofMillis(99)), "99 ms; 100 ms to 2 minutes are allowed");
        assertRefused(builder -> builder.timeout(Duration.ofMinutes(3)), "180000 ms");
        assertRefused(builder -> builder.cacheMaxEntries(99), "99 entries at most; 100 to 10000000 are allowed");
        assertRefused(builder -> builder.clockSkew(Duration.ofHours(2)), "The clock skew is 7200 s; 0 to 3600 s are allowed");
        assertRefused(builder -> builder.clockSkew(Duration.ofSeconds(-1)), "The clock skew is -1 s");
    }

    @Test
    void shouldRefuseToSwitchOffPublicTopLevelDomains() {
        for (String domain : List.of(".", "com", "de")) {
            assertRefused(builder -> builder.insecureDomains(List.of(DomainName.of(domain))),
                "\"" + domain + "\" cannot be an insecure domain");
        }
        assertThat(builder().insecureDomains(List.of(DomainName.of("internal"), DomainName.of("corp.example.com"))).build()
            .insecureDomains()).hasSize(2);
    }
}
