/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.Fault;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.Security;
import org.junit.jupiter.api.Test;

/** The published words, which others read by machine: a change of a type's name must not change them. */
class LabelsTest {
    /** Final types below a sealed one. */
    private static Stream<Class<?>> variants(Class<?> type) {
        return type.isSealed() ? Arrays.stream(type.getPermittedSubclasses()).flatMap(LabelsTest::variants) : Stream.of(type);
    }

    private static Stream<String> words(Enum<?>... values) {
        return Arrays.stream(values).map(Labels::of);
    }

    @Test
    void shouldHaveAWordForEachVariant() {
        assertThat(Labels.ofVariants().keySet()).isEqualTo(Stream.of(Lookup.class, TlsaDiscovery.class, TlsRequirement.class)
            .flatMap(LabelsTest::variants).collect(Collectors.toSet()));
    }

    @Test
    void shouldKeepTheWordsOfVariants() {
        assertThat(Labels.ofVariants().values()).containsExactlyInAnyOrder(
            "found", "alias", "no-data", "nx-domain", "failed",
            "not-applicable", "absent", "unusable", "usable", "lookup-failed",
            "no-tls", "opportunistic", "encrypt", "dane", "pkix", "sts", "host-not-used");
    }

    @Test
    void shouldKeepTheWordsOfRoutesAndSecurity() {
        assertThat(words(Routing.Kind.values())).containsExactly("explicit-mx", "implicit-mx", "address-literal", "gateway");
        assertThat(words(Security.values())).containsExactly("secure", "insecure");
        assertThat(words(Proof.Cause.values())).containsExactly("unsigned-delegation", "opt-out", "unsupported-algorithms",
            "nsec3-iterations", "negative-trust-anchor", "configured-insecure", "trust-ad");
    }

    @Test
    void shouldKeepTheWordsOfFailures() {
        assertThat(words(FailureKind.values())).containsExactly(
            "not-authenticated", "sts-not-authenticated", "sts-mx-mismatch", "credentials", "identity-not-verified", "tlsa-lookup",
            "tlsa-unusable", "dane-required", "authentication-required",
            "starttls-missing", "starttls-refused", "handshake", "requiretls-missing", "requiretls-unmet",
            "content-refused", "too-large", "eightbit-missing", "smtputf8-missing", "early-reply", "protocol",
            "connection-lost", "unreachable", "address-lookup", "mx-lookup", "private-address", "special-address",
            "no-address", "no-address-insecure", "internal");
        assertThat(words(Fault.values())).containsExactly("host", "mail", "node", "lookup", "connection", "content", "conversion",
            "dialogue", "attempt", "store", "notice");
        assertThat(words(Lookup.Reason.values())).containsExactly("bogus", "timeout", "servfail", "refused", "malformed", "unreachable",
            "budget", "not-ready", "internal");
    }
}
