/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.common.net.InetAddresses;
import org.jamesdane.dane.Policy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DanePropertiesTest {
    private static final DaneProperties.Surroundings SURROUNDINGS = new DaneProperties.Surroundings() {
        @Override
        public List<InetSocketAddress> resolvers() {
            return List.of(server("192.0.2.53", 53));
        }

        @Override
        public Path file(String location) {
            return Path.of(location);
        }
    };

    private static InetSocketAddress server(String address, int port) {
        return new InetSocketAddress(InetAddresses.forString(address), port);
    }

    @Test
    void shouldAskJamesForTheResolversWhenNoneAreNamed() {
        DaneProperties defaults = DaneProperties.parse(Map.of(), SURROUNDINGS);

        assertThat(defaults.validator().upstreams()).containsExactly(server("192.0.2.53", 53));
        assertThat(defaults.defaultPolicy()).isEqualTo(Policy.DANE);
        assertThat(defaults.smtpPort()).isEqualTo(25);
    }

    @Test
    void shouldReadWhatIsSet() {
        DaneProperties set = DaneProperties.parse(Map.of("dns.servers", "127.0.0.1:5353, [::1]:5300, 2001:db8::1",
            "policy.default", "audit", "smtp.port", "2525",
            "smtp.allowed-special-targets", "127.0.0.0/8", "smtp.own-addresses", "none"), SURROUNDINGS);

        assertThat(set.validator().upstreams()).containsExactly(server("127.0.0.1", 5353),
            server("::1", 5300), server("2001:db8::1", 53));
        assertThat(set.defaultPolicy()).isEqualTo(Policy.AUDIT);
        assertThat(set.ownAddresses()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "dns.servers | resolver.example | dns.servers=resolver.example | IP addresses",
        "dns.servers | 127.0.0.1:0 | 127.0.0.1 | 1 to 65535",
        "dns.timeout | 1 ms | dns.timeout=1 ms | 100 ms",
        "dns.cache.max-entries | many | dns.cache.max-entries=many | 10000000",
        "dns.insecure-domains | com | com | insecure domain",
        "policy.default | strict | policy.default=strict | dane-only",
        "policy.insecure-mx | maybe | policy.insecure-mx=maybe | dane or opportunistic",
        "smtp.port | 0 | smtp.port=0 | 1 to 65535",
        "smtp.tls.protocols | SSLv3 | smtp.tls.protocols=SSLv3 | TLSv1.2",
        "smtp.allowed-special-targets | 127.0.0.0/99 | smtp.allowed-special-targets=127.0.0.0/99 | addresses",
        "smtp.own-addresses | here | smtp.own-addresses=here | none",
        "smtp.concurrency | 0 | smtp.concurrency=0 | 10000",
        "smtp.prot | 25 | smtp.prot | there is no setting",
    })
    void shouldRefuseWithASentenceNamingKeyValueAndWhatIsAllowed(String key, String value, String named, String allowed) {
        assertThatThrownBy(() -> DaneProperties.parse(Map.of(key, value), SURROUNDINGS))
            .isInstanceOf(ConfigurationError.class)
            .hasMessageContaining("dane.properties").hasMessageContaining(named).hasMessageContaining(allowed).hasMessageEndingWith(".");
    }

    @Test
    void shouldShowEverySettingWithItsDefaultInTheSample() throws IOException {
        Map<String, String> shown = new HashMap<>();
        Matcher line = Pattern.compile("(?m)^#([a-z0-9.-]+)=(.*)$")
            .matcher(Files.readString(Path.of("../james-conf/src/main/conf/dane.properties")));
        while (line.find()) {
            shown.put(line.group(1), line.group(2));
        }

        assertThat(DaneProperties.parse(shown, SURROUNDINGS)).usingRecursiveComparison()
            .isEqualTo(DaneProperties.parse(Map.of(), SURROUNDINGS));
        // The refusal of an unknown key lists the known ones: the sample has to show exactly these.
        assertThatThrownBy(() -> DaneProperties.parse(Map.of("x", "y"), SURROUNDINGS))
            .satisfies(error -> assertThat(String.valueOf(error.getMessage())
                .replaceFirst(".*the settings are ", "").replaceFirst("\\.$", "").split(", "))
                .containsExactlyInAnyOrderElementsOf(shown.keySet()));
    }
}
