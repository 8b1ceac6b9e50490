/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Security;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A faster provider of signatures is used only where it says what the JDK says. */
class SignatureProvidersTest {
    /** A provider as good as the JDK. */
    static final class Right extends FakeProvider {
        private static final long serialVersionUID = 1;

        Right() {
            super("Right", truth -> truth);
        }
    }

    /** Takes every signature for good. */
    static final class Yes extends FakeProvider {
        private static final long serialVersionUID = 1;

        Yes() {
            super("Yes", truth -> true);
        }
    }

    /** Takes no signature for good. */
    static final class No extends FakeProvider {
        private static final long serialVersionUID = 1;

        No() {
            super("No", truth -> false);
        }
    }

    /** Fails in its native part. */
    static final class Broken extends FakeProvider {
        private static final long serialVersionUID = 1;

        Broken() {
            super("Broken", truth -> {
                throw new UnsatisfiedLinkError("for a test");
            });
        }
    }

    /** Cannot be loaded, as one that was made for another machine. */
    static final class Foreign extends FakeProvider {
        private static final long serialVersionUID = 1;

        Foreign() {
            super("Foreign", truth -> truth);
            throw new UnsatisfiedLinkError("for a test");
        }
    }

    static Stream<SignatureTestVector> vectors() {
        return SignatureTestVector.ALL.stream();
    }

    private static PublicKey key(SignatureTestVector vector) throws GeneralSecurityException {
        return KeyFactory.getInstance(DnssecAlgorithms.keyName(vector.algorithm()))
            .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(vector.key())));
    }

    private static byte[] signature(SignatureTestVector vector) {
        return Base64.getDecoder().decode(vector.signature());
    }

    @Test
    void shouldUseAProviderThatVerifiesAndRefusesWhatItShould() {
        assertThat(SignatureProviders.find(Right.class.getName())).containsOnlyKeys(8, 10, 13, 14, 15)
            .allSatisfy((algorithm, provider) -> assertThat(provider).isInstanceOf(Right.class));
    }

    @Test
    void shouldNotRegisterTheProvider() {
        SignatureProviders.find(Right.class.getName());

        assertThat(Security.getProviders()).noneMatch(Right.class::isInstance);
    }

    @ParameterizedTest
    @ValueSource(classes = {Yes.class, No.class, Broken.class, Foreign.class, String.class})
    void shouldNotUseAProviderThatFailsItsTest(Class<?> failing) {
        assertThat(SignatureProviders.find(failing.getName())).isEmpty();
    }

    @Test
    void shouldUseTheJdkWhereNoProviderIsOnTheClassPath() {
        assertThat(SignatureProviders.find("org.example.NoSuchProvider")).isEmpty();
    }

    /** A vector that the JDK does not verify could be wrong in every provider's favour. */
    @ParameterizedTest
    @MethodSource("vectors")
    void shouldHaveVectorsThatTheJdkVerifies(SignatureTestVector vector) throws GeneralSecurityException {
        byte[] other = SignatureTestVector.SIGNED.clone();
        other[0] ^= 1;

        assertThat(SignatureComputation.ofJdk().verifies(vector.algorithm(), key(vector), SignatureTestVector.SIGNED, signature(vector)))
            .isTrue();
        assertThat(SignatureComputation.ofJdk().verifies(vector.algorithm(), key(vector), other, signature(vector))).isFalse();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void shouldAskTheProviderFirst(SignatureTestVector vector) throws GeneralSecurityException {
        Right provider = new Right();
        SignatureComputation computation = new SignatureComputation(Map.of(vector.algorithm(), provider));

        assertThat(computation.verifies(vector.algorithm(), key(vector), SignatureTestVector.SIGNED, signature(vector))).isTrue();
        assertThat(provider.asked()).isOne();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void shouldRefuseAWrongSignatureWithAProviderToo(SignatureTestVector vector) throws GeneralSecurityException {
        Right provider = new Right();
        SignatureComputation computation = new SignatureComputation(Map.of(vector.algorithm(), provider));

        assertThat(computation.verifies(vector.algorithm(), key(vector), new byte[] {1}, signature(vector))).isFalse();
        assertThat(provider.asked()).isOne();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void shouldBelieveTheJdkIfTheProviderRefusesAGoodSignature(SignatureTestVector vector) throws GeneralSecurityException {
        shouldTakeTheWordOfTheJdkOverThatOf(new No(), vector);
        shouldTakeTheWordOfTheJdkOverThatOf(new Broken(), vector);
        shouldTakeTheWordOfTheJdkOverThatOf(new FakeProvider("Throwing", truth -> {
            throw new SignatureException("for a test");
        }), vector);
    }

    private static void shouldTakeTheWordOfTheJdkOverThatOf(FakeProvider provider, SignatureTestVector vector)
            throws GeneralSecurityException {
        SignatureComputation computation = new SignatureComputation(Map.of(vector.algorithm(), provider));

        assertThat(computation.verifies(vector.algorithm(), key(vector), SignatureTestVector.SIGNED, signature(vector))).isTrue();
        // Whoever has a key that it refuses must not be able to switch it off.
        assertThat(computation.verifies(vector.algorithm(), key(vector), SignatureTestVector.SIGNED, signature(vector))).isTrue();
        assertThat(provider.asked()).isEqualTo(2);
    }
}
