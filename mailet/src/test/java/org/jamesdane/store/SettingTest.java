/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.policy.Policy;
import org.junit.jupiter.api.Test;

class SettingTest {
    private static Setting entry(SettingKind kind, String key, String value, String reason, String owner) {
        return new Setting(kind, key, value, reason, owner, Optional.of(Entries.START.plus(Duration.ofDays(1))), Entries.START);
    }

    @Test
    void shouldKeepNamesInOneForm() {
        assertThat(entry(SettingKind.POLICY, "Example.COM.", "DANE-only", " why ", " who ")).satisfies(entry -> {
            assertThat(entry.key()).isEqualTo("example.com");
            assertThat(entry.value()).isEqualTo("dane-only");
            assertThat(entry.reason()).isEqualTo("why");
            assertThat(entry.owner()).isEqualTo("who");
        });
        assertThat(entry(SettingKind.POLICY, ".Example.com", "may", "why", "who").key()).isEqualTo(".example.com");
        assertThat(entry(SettingKind.POLICY, "bücher.example", "may", "why", "who").key()).isEqualTo("xn--bcher-kva.example");
    }

    @Test
    void shouldRefuseWhatIsNoDomain() {
        for (String key : List.of("", "..", "a..b", ".", "a".repeat(64) + ".example")) {
            assertThatThrownBy(() -> entry(SettingKind.POLICY, key, "may", "why", "who")).as("\"%s\"", key)
                .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> entry(SettingKind.NEGATIVE_TRUST_ANCHOR, ".example.com", "", "why", "who"))
            .isInstanceOf(IllegalArgumentException.class);
    }

    /** RFC 7646 §2, §6: not for the root, and as narrow as can be. */
    @Test
    void shouldRefuseNegativeTrustAnchorsForTheRootAndTopLevelDomains() {
        for (String zone : List.of(".", "com", "COM.")) {
            assertThatThrownBy(() -> entry(SettingKind.NEGATIVE_TRUST_ANCHOR, zone, "", "why", "who")).as(zone)
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("root or a top-level domain");
        }
    }

    @Test
    void shouldRefuseANegativeTrustAnchorThatDoesNotEnd() {
        assertThatThrownBy(() -> new Setting(SettingKind.NEGATIVE_TRUST_ANCHOR, "example.com", "", "why", "who", Optional.empty(),
            Entries.START))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("needs an expiry");
    }

    /** A newer version that shares the database, or was here before, may have policies that this one has no word for. */
    @Test
    void shouldReadAnUnknownPolicyAsTheStrictestAndKeepItsWord() {
        for (String word : List.of("dane-pinned", "audit+encrypt", "", "x".repeat(31))) {
            Setting entry = entry(SettingKind.POLICY, "example.com", word, "why", "who");
            assertThat(entry.policy()).as(word).isEqualTo(Policy.DANE_ONLY);
            assertThat(entry.value()).isEqualTo(word.substring(0, Math.min(30, word.length())));
        }
        assertThat(entry(SettingKind.POLICY, "example.com", "MAY", "why", "who").policy()).isEqualTo(Policy.MAY);
    }

    @Test
    void shouldBoundReasonAndOwner() {
        for (String reason : List.of("", "  ", "x".repeat(Setting.MAX_REASON + 1), "two\nlines")) {
            assertThatThrownBy(() -> entry(SettingKind.POLICY, "example.com", "may", reason, "who"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("The reason has ");
        }
        for (String owner : List.of("", "x".repeat(Setting.MAX_OWNER + 1), "a\u0000b")) {
            assertThatThrownBy(() -> entry(SettingKind.POLICY, "example.com", "may", "why", owner))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("The owner has ");
        }
        assertThat(entry(SettingKind.POLICY, "example.com", "may", "x".repeat(Setting.MAX_REASON), "x".repeat(Setting.MAX_OWNER)))
            .isNotNull();
    }
}
