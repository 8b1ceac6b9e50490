/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The faster provider itself beside the JDK, in the profile {@code faster-signatures}; all other tests use it there too. */
@EnabledIfSystemProperty(named = "faster.signatures.expected", matches = "true")
class FasterSignaturesComparisonTest {
    private static final int SIGNATURES = 20;
    private static final int MUTANTS_OF_EACH = 25;
    private static final int ED25519_OCTETS = 64;
    private static final long SEED = Long.getLong("mutation.seed", 20_261_123L);

    private final Map<Integer, Provider> faster = SignatureProviders.find(SignatureProviders.KNOWN);

    /** The three inputs of a verdict. */
    private static final class Case {
        private final PublicKey key;
        private final byte[] octets;
        private final byte[] signature;

        Case(PublicKey key, byte[] octets, byte[] signature) {
            this.key = key;
            this.octets = octets;
            this.signature = signature;
        }

        @Override
        public String toString() {
            HexFormat hex = HexFormat.of();
            return "seed " + SEED + ": key " + hex.formatHex(key.getEncoded()) + ", octets " + hex.formatHex(octets) + ", signature "
                + hex.formatHex(signature);
        }
    }

    static Stream<Arguments> algorithms() {
        return Stream.of(
            Arguments.of(8, "RSA", new RSAKeyGenParameterSpec(1024, BigInteger.valueOf(3))),
            Arguments.of(8, "RSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4)),
            Arguments.of(8, "RSA", new RSAKeyGenParameterSpec(1025, BigInteger.ONE.shiftLeft(32).add(BigInteger.ONE))),
            Arguments.of(10, "RSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4)),
            Arguments.of(13, "EC", new ECGenParameterSpec("secp256r1")),
            Arguments.of(14, "EC", new ECGenParameterSpec("secp384r1")),
            Arguments.of(15, "Ed25519", NamedParameterSpec.ED25519));
    }

    @Test
    void shouldPassItsTestForAllItsAlgorithms() {
        assertThat(faster).containsOnlyKeys(8, 10, 13, 14, 15);
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void shouldSayWhatTheJdkSays(int algorithm, String keys, AlgorithmParameterSpec parameters) throws GeneralSecurityException {
        Provider provider = Objects.requireNonNull(faster.get(algorithm));
        Random random = new Random(SEED);
        KeyPairGenerator generator = KeyPairGenerator.getInstance(keys);
        generator.initialize(parameters);
        KeyPair pair = generator.generateKeyPair();
        PublicKey other = generator.generateKeyPair().getPublic();
        int good = 0;
        int wrong = 0;
        for (int i = 0; i < SIGNATURES; i++) {
            byte[] octets = new byte[1 + random.nextInt(300)];
            random.nextBytes(octets);
            Signature signing = DnssecAlgorithms.signature(algorithm);
            signing.initSign(pair.getPrivate());
            signing.update(octets);
            Case made = new Case(pair.getPublic(), octets, signing.sign());
            good += sameVerdict(provider, algorithm, made) ? 1 : 0;
            for (int mutant = 0; mutant < MUTANTS_OF_EACH; mutant++) {
                wrong += sameVerdict(provider, algorithm, mutate(made, other, mutant, random)) ? 0 : 1;
            }
        }
        assertThat(good).isEqualTo(SIGNATURES);
        // All but the second of the two signatures that ECDSA has for each key and message.
        assertThat(wrong).isGreaterThanOrEqualTo(SIGNATURES * (MUTANTS_OF_EACH - 1));
    }

    /** The provider's verdict, which is the JDK's. */
    private static boolean sameVerdict(Provider provider, int algorithm, Case given) {
        boolean jdk;
        try {
            jdk = SignatureComputation.ofJdk().verifies(algorithm, given.key, given.octets, given.signature);
        } catch (GeneralSecurityException | RuntimeException e) {
            jdk = false;
        }
        boolean theirs = SignatureComputation.saysYes(provider, algorithm, given.key, given.octets, given.signature);
        // The JDK takes an Ed25519 signature with a zero behind it, which is none (RFC 8032 §5.1.6: 64 octets). No one is misled by
        // that, since the 64 octets before it are good; and no "no" of a provider counts.
        if (!(jdk && given.key instanceof EdECPublicKey && given.signature.length != ED25519_OCTETS)) {
            assertThat(theirs).as("%s", given).isEqualTo(jdk);
        }
        return theirs;
    }

    private static Case mutate(Case from, PublicKey other, int kind, Random random) {
        byte[] signature = from.signature.clone();
        int half = signature.length / 2;
        return switch (kind) {
            case 0 -> new Case(other, from.octets, signature);
            case 1 -> with(from, new byte[signature.length]);
            case 2 -> with(from, new byte[0]);
            case 3 -> with(from, Arrays.copyOf(signature, signature.length - 1));
            case 4 -> with(from, Arrays.copyOf(signature, signature.length + 1));
            case 5 -> with(from, Arrays.copyOfRange(signature, 1, signature.length));
            case 6 -> with(from, leadingZero(signature));
            case 7 -> with(from, halves(Arrays.copyOfRange(signature, half, signature.length), Arrays.copyOf(signature, half)));
            case 8 -> with(from, otherOfTwo(from));
            case 9 -> with(from, sumWithModulus(from));
            case 10 -> new Case(from.key, Arrays.copyOf(from.octets, from.octets.length - 1), signature);
            case 11 -> new Case(from.key, leadingZero(from.octets), signature);
            default -> with(from, flipped(signature, random.nextInt(signature.length * Byte.SIZE)));
        };
    }

    private static Case with(Case from, byte[] signature) {
        return new Case(from.key, from.octets, signature);
    }

    private static byte[] flipped(byte[] octets, int bit) {
        octets[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
        return octets;
    }

    private static byte[] leadingZero(byte[] octets) {
        byte[] longer = new byte[octets.length + 1];
        System.arraycopy(octets, 0, longer, 1, octets.length);
        return longer;
    }

    private static byte[] halves(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** With ECDSA the signature (r, n - s), which is as good as (r, s); else one bit changed. */
    private static byte[] otherOfTwo(Case from) {
        byte[] signature = from.signature.clone();
        if (!(from.key instanceof ECPublicKey key)) {
            return flipped(signature, 0);
        }
        int half = signature.length / 2;
        BigInteger s = key.getParams().getOrder().subtract(new BigInteger(1, signature, half, half));
        return halves(Arrays.copyOf(signature, half), fixed(s, half));
    }

    /** The same number, larger by the modulus (RSA, where it fits) or the order of the group (s of ECDSA). */
    private static byte[] sumWithModulus(Case from) {
        byte[] signature = from.signature.clone();
        if (from.key instanceof RSAPublicKey key) {
            return fixed(new BigInteger(1, signature).add(key.getModulus()), signature.length);
        } else if (from.key instanceof ECPublicKey key) {
            int half = signature.length / 2;
            return halves(Arrays.copyOf(signature, half), fixed(new BigInteger(1, signature, half, half).add(key.getParams().getOrder()),
                half));
        }
        return flipped(signature, 1);
    }

    /** The lowest octets of a number. */
    private static byte[] fixed(BigInteger number, int length) {
        byte[] octets = new byte[length];
        byte[] all = number.toByteArray();
        int copied = Math.min(all.length, length);
        System.arraycopy(all, all.length - copied, octets, length - copied, copied);
        return octets;
    }
}
