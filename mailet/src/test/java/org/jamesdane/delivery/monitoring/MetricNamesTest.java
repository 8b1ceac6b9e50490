/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;

import org.jamesdane.dane.channel.Channel;
import org.jamesdane.tls.TlsGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricNamesTest {

    @ParameterizedTest
    @CsvSource({"X25519MLKEM768, P-256, hybrid, ecdsa", "x25519, RSA-2048, elliptic-curve, rsa", "secp384r1, P-384, elliptic-curve, ecdsa",
        "ffdhe2048, RSA-PSS-3072, finite-field, rsa", "dhe-1536, RSA-4096, finite-field, rsa", ", RSA-2048, none, rsa",
        "x448, Ed448, elliptic-curve, eddsa", "x25519, Ed25519, elliptic-curve, eddsa"})
    void shouldCountKindsOfGroupsAndKeys(String group, String key, String groupName, String keyName) {
        Channel.Strength strength = new Channel.Strength(Optional.ofNullable(group), key, group != null);

        assertThat(MetricNames.tlsGroup(strength)).isEqualTo("dane.tls.group." + groupName);
        assertThat(MetricNames.tlsKey(strength)).isEqualTo("dane.tls.key." + keyName);
    }

    @Test
    void shouldHaveACounterForEveryGroupOfTheOffer() {
        assertThat(Arrays.stream(TlsGroup.values()).map(group -> MetricNames.tlsGroup(new Channel.Strength(Optional.of(group.toString()),
            "P-256", true)))).allMatch(MetricNames.counters()::contains);
    }
}
