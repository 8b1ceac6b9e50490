/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;

import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.store.SettingKind;
import org.junit.jupiter.api.Test;

class PolicyChangeReleaseTest {
    @Test
    void shouldMeanTheDomainAloneForItsOwnPolicy() {
        DeferredSelection selection = PolicyChangeRelease.selection(SettingKind.POLICY, Set.of("example.com"));

        assertThat(selection.includes("user@Example.com")).isTrue();
        assertThat(selection.includes("user@mail.example.com")).isFalse();
        assertThat(selection.includes("user@[192.0.2.1]")).isFalse();
    }

    @Test
    void shouldMeanAllBelowForAWildcard() {
        DeferredSelection selection = PolicyChangeRelease.selection(SettingKind.POLICY, Set.of(".example.com", "bücher.example"));

        assertThat(selection.includes("user@a.b.example.com")).isTrue();
        assertThat(selection.includes("user@example.com")).isFalse();
        assertThat(selection.includes("user@xn--bcher-kva.example")).isTrue();
        assertThat(selection.includes("user@notexample.com")).isFalse();
    }

    @Test
    void shouldMeanTheZoneAndAllBelowForANegativeTrustAnchor() {
        DeferredSelection selection = PolicyChangeRelease.selection(SettingKind.NEGATIVE_TRUST_ANCHOR, Set.of("example.com"));

        assertThat(selection.includes("user@example.com")).isTrue();
        assertThat(selection.includes("user@mail.example.com")).isTrue();
        assertThat(selection.includes("user@example.org")).isFalse();
    }
}
