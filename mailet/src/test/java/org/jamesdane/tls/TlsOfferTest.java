/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

class TlsOfferTest {
    private static TlsOffer offer(TlsOffer.Profile profile, Set<TlsProtocol> protocols, List<TlsCipherSuite> suites,
            List<TlsGroup> groups) {
        return new TlsOffer(profile, protocols, suites, groups);
    }

    @Test
    void shouldOfferKeyTransportOnlyInTheInteroperableProfile() {
        assertThat(TlsOffer.DEFAULT.cipherSuites()).hasSize(TlsCipherSuite.values().length).anyMatch(suite -> !suite.isForwardSecret());
        assertThat(offer(TlsOffer.Profile.FORWARD_SECRECY, Set.of(), List.of(), List.of()).cipherSuites())
            .isNotEmpty().allMatch(TlsCipherSuite::isForwardSecret);
    }

    @Test
    void shouldPreferForwardSecrecy() {
        List<TlsCipherSuite> suites = TlsOffer.DEFAULT.cipherSuites();
        int firstWithout = suites.indexOf(TlsCipherSuite.TLS_RSA_WITH_AES_256_GCM_SHA384);

        assertThat(suites.subList(firstWithout, suites.size())).noneMatch(TlsCipherSuite::isForwardSecret);
    }

    @Test
    void shouldHaveNoSuiteWithoutEncryptionOrAuthentication() {
        assertThat(TlsCipherSuite.values()).extracting(Enum::name)
            .noneMatch(name -> name.matches(".*(NULL|anon|EXPORT|RC4|3DES|_DES_|DSS|MD5|IDEA|SEED|PSK|SRP|KRB5).*"));
    }

    @Test
    void shouldNameTheSettingsThatNarrowIt() {
        assertThat(TlsOffer.DEFAULT.narrowedBy()).isEmpty();
        assertThat(offer(TlsOffer.Profile.FORWARD_SECRECY, Set.of(), List.of(), List.of()).narrowedBy())
            .containsExactly("smtp.tls.profile=forward-secrecy");
        assertThat(TlsOffer.of(Set.of(TlsProtocol.TLS_1_3)).narrowedBy()).containsExactly("smtp.tls.protocols");
        assertThat(offer(TlsOffer.Profile.INTEROPERABLE, Set.of(), List.of(TlsCipherSuite.TLS_AES_128_GCM_SHA256,
            TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256), List.of(TlsGroup.X25519)).narrowedBy())
            .containsExactly("smtp.tls.cipher-suites", "smtp.tls.groups");
    }

    @Test
    void shouldNotCallItNarrowedWithoutTheHybridGroup() {
        List<TlsGroup> classic = TlsGroup.all().stream().filter(group -> group != TlsGroup.X25519MLKEM768).toList();

        assertThat(offer(TlsOffer.Profile.INTEROPERABLE, Set.of(), List.of(), classic).narrowedBy()).isEmpty();
    }

    @Test
    void shouldRefuseSettingsThatContradictEachOther() {
        assertThatThrownBy(() -> offer(TlsOffer.Profile.FORWARD_SECRECY, Set.of(),
            List.of(TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256), List.of()))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("smtp.tls.profile=forward-secrecy");
        assertThatThrownBy(() -> offer(TlsOffer.Profile.INTEROPERABLE, Set.of(), List.of(TlsCipherSuite.TLS_AES_128_GCM_SHA256), List.of()))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("TLSv1.2");
    }

    @Test
    void shouldTakeNamesInAnyCase() {
        assertThat(TlsGroup.named("x25519mlkem768")).isEqualTo(TlsGroup.X25519MLKEM768);
        assertThat(TlsCipherSuite.named("tls_aes_128_gcm_sha256")).isEqualTo(TlsCipherSuite.TLS_AES_128_GCM_SHA256);
        assertThatThrownBy(() -> TlsGroup.named("secp256k1")).hasMessageContaining("x25519, secp256r1");
        assertThatThrownBy(() -> TlsCipherSuite.named("TLS_RSA_WITH_NULL_SHA")).hasMessageContaining("TLS_AES_256_GCM_SHA384");
    }
}
