/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jamesdane.tls.EvilServer.hex;
import static org.jamesdane.tls.EvilServer.join;
import static org.jamesdane.tls.EvilServer.sized;

import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.KeyKind;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.tls.Scripts.Case;
import org.jamesdane.tls.Scripts.Cases;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys with each signature scheme, good in itself, and key exchanges: which of them a handshake takes over TLS 1.2 and 1.3. */
@Timeout(60)
class EvilKeysTest {
    private static final Authority AUTHORITY = TestPki.authority("Evil CA");
    private static final Credential EC = AUTHORITY.leaf("mx.example").issue();
    private static final Credential RSA = credential(KeyKind.RSA_2048);
    private static final int ECDHE_RSA = 0xc02f;
    private static final int DHE_RSA = 0x009e;
    private static final int RSA_TRANSPORT = 0x009c;
    /** RFC 2409 §6.1, §6.2: the first and the second Oakley group. */
    private static final String OAKLEY = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd"
        + "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a6";
    private static final BigInteger PRIME_768 = new BigInteger(OAKLEY + "3a3620ffffffffffffffff", 16);
    private static final BigInteger PRIME_1024 = new BigInteger(OAKLEY
        + "37ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff", 16);

    private static Credential credential(KeyKind kind) {
        return AUTHORITY.leaf("mx.example").key(kind).issue();
    }

    private static Script signing(boolean tls13, int scheme, int suite) {
        return new Script(tls13) {
            @Override
            int scheme() {
                return scheme;
            }

            @Override
            int suite() {
                return tls13 ? super.suite() : suite;
            }
        };
    }

    /** A scheme, and whether TLS 1.2 and TLS 1.3 take it. */
    private static void scheme(Cases cases, KeyKind kind, int scheme, boolean in12, boolean in13) {
        boolean rsa = kind.name().startsWith("RSA");
        for (boolean tls13 : new boolean[] {false, true}) {
            cases.add(kind + " with scheme " + Integer.toHexString(scheme), tls13 ? in13 : in12, credential(kind),
                signing(tls13, scheme, rsa ? ECDHE_RSA : 0xc02b));
        }
    }

    static Stream<Case> schemes() {
        Cases cases = new Cases(EC);
        // RFC 8446 §4.2.3: in TLS 1.3 a curve has its digest, and PKCS #1 is for certificates. SHA-1 and MD5 are for nobody (RFC 9155 §2).
        scheme(cases, KeyKind.P_256, 0x0403, true, true);
        scheme(cases, KeyKind.P_256, 0x0503, true, false);
        scheme(cases, KeyKind.P_256, 0x0603, true, false);
        scheme(cases, KeyKind.P_256, 0x0303, true, false);
        scheme(cases, KeyKind.P_256, 0x0203, false, false);
        scheme(cases, KeyKind.RSA_2048, 0x0401, true, false);
        scheme(cases, KeyKind.RSA_2048, 0x0601, true, false);
        scheme(cases, KeyKind.RSA_2048, 0x0301, true, false);
        scheme(cases, KeyKind.RSA_2048, 0x0201, false, false);
        scheme(cases, KeyKind.RSA_2048, 0x0101, false, false);
        scheme(cases, KeyKind.RSA_2048, 0x0804, true, true);
        scheme(cases, KeyKind.RSA_2048, 0x0806, true, true);
        scheme(cases, KeyKind.RSA_2048, 0x0809, false, false);
        // RFC 4055 §1.2: a key for PSS makes no other signature.
        scheme(cases, KeyKind.RSA_PSS_2048, 0x0809, true, true);
        scheme(cases, KeyKind.RSA_PSS_2048, 0x080b, true, true);
        scheme(cases, KeyKind.RSA_PSS_2048, 0x0804, false, false);
        scheme(cases, KeyKind.RSA_PSS_2048, 0x0401, false, false);
        scheme(cases, KeyKind.RSA_1024, 0x0804, true, true);
        scheme(cases, KeyKind.RSA_1024, 0x0401, true, false);
        // Too short for DANE, which is the verifier's to say; without TLSA records TLS is better than clear text.
        scheme(cases, KeyKind.RSA_1023, 0x0804, true, true);
        scheme(cases, KeyKind.RSA_1023, 0x0401, true, false);
        scheme(cases, KeyKind.RSA_768, 0x0804, true, true);
        scheme(cases, KeyKind.RSA_512, 0x0401, true, false);
        return cases.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("schemes")
    void shouldTakeEachSchemeOnlyFromItsKey(Case evil) throws IOException {
        Scripts.judge(evil);
    }

    private static Script dhe(Optional<BigInteger> prime, byte[] parameters) {
        return new Script(false) {
            @Override
            int scheme() {
                return 0x0401;
            }

            @Override
            int suite() {
                return DHE_RSA;
            }

            @Override
            Optional<BigInteger> prime() {
                return prime;
            }

            @Override
            byte[] parameters(byte[] good) {
                return parameters.length > 0 ? parameters : super.parameters(good);
            }
        };
    }

    private static byte[] numbers(BigInteger prime, BigInteger generator, BigInteger share) {
        return join(sized(2, prime.toByteArray()), sized(2, generator.toByteArray()), sized(2, share.toByteArray()));
    }

    private static Script ecdhe(String parameters) {
        return new Script(false) {
            @Override
            byte[] parameters(byte[] good) {
                return hex(parameters);
            }
        };
    }

    private static Script share(boolean tls13, byte[] share) {
        return new Script(tls13) {
            @Override
            byte[] share(byte[] point) {
                return share;
            }
        };
    }

    static Stream<Case> exchanges() {
        Cases cases = new Cases(EC);
        BigInteger two = BigInteger.TWO;
        BigInteger last = PRIME_1024.subtract(BigInteger.ONE);
        byte[] none = new byte[0];
        cases.add("prime of 1024 bits", true, RSA, dhe(Optional.of(PRIME_1024), none));
        cases.add("prime of 768 bits", false, RSA, dhe(Optional.of(PRIME_768), none));
        cases.add("prime of 1023 bits", false, RSA, dhe(Optional.of(PRIME_1024), numbers(PRIME_1024.shiftRight(1).setBit(0), two, two)));
        cases.add("prime of 8193 bits", false, RSA, dhe(Optional.of(PRIME_1024),
            numbers(BigInteger.ONE.shiftLeft(8192).setBit(0), two, two)));
        cases.add("prime that is even", false, RSA, dhe(Optional.of(PRIME_1024), numbers(last, two, two)));
        cases.add("generator 1", false, RSA, dhe(Optional.of(PRIME_1024), numbers(PRIME_1024, BigInteger.ONE, two)));
        cases.add("generator p - 1", false, RSA, dhe(Optional.of(PRIME_1024), numbers(PRIME_1024, last, two)));
        for (BigInteger share : List.of(BigInteger.ZERO, BigInteger.ONE, last, PRIME_1024)) {
            cases.add("DHE share " + share.bitLength(), false, RSA, dhe(Optional.of(PRIME_1024), numbers(PRIME_1024, two, share)));
        }
        // RFC 8422 §5.4: curves by their names, and of those that were offered.
        cases.add("group that was not offered", false, EC, ecdhe("030016" + "41" + "04" + "11".repeat(64)));
        cases.add("curve that is spelt out", false, EC, ecdhe("01" + "20" + "11".repeat(32)));
        cases.add("binary curve", false, EC, ecdhe("02" + "20" + "11".repeat(32)));
        cases.add("point that is on no curve", false, EC, ecdhe("030017" + "41" + "04" + "11".repeat(64)));
        cases.add("point at infinity", false, EC, ecdhe("030017" + "01" + "00"));
        cases.add("hybrid group in TLS 1.2", false, EC, ecdhe("0311ec" + "20" + "11".repeat(32)));
        // RFC 7748 §6.1, RFC 8446 §7.4.2: a point of small order makes a secret that everybody knows.
        cases.refused("share of zeros", tls13 -> share(tls13, new byte[32]));
        cases.refused("share of order 8", tls13 -> share(tls13,
            hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")));
        cases.refused("short share", tls13 -> share(tls13, new byte[31]));
        return cases.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("exchanges")
    void shouldTakeNoKeyExchangeWithoutASecret(Case evil) throws IOException {
        Scripts.judge(evil);
    }

    private static Script transport(Credential signer) {
        return new Script(false) {
            @Override
            int suite() {
                return RSA_TRANSPORT;
            }

            @Override
            boolean keyTransport() {
                return true;
            }

            @Override
            Credential signer(Credential shown) {
                return signer;
            }
        };
    }

    @Test
    void shouldTakeKeyTransportOnlyFromWhoHasTheKey() throws IOException {
        Scripts.judge(new Case("has the key", RSA, transport(RSA), true));
        Credential other = AUTHORITY.leaf("mx.example").key(KeyKind.RSA_2048).keyLabel("another RSA key").issue();
        // It cannot decrypt what the client sent, so there is no Finished to be had from it, or a wrong one.
        try (EvilServer server = new EvilServer(RSA, transport(other)); Socket plain = server.connect()) {
            assertThatThrownBy(() -> TlsHandshake.perform(plain, TlsSettings.withoutServerName())).isInstanceOf(IOException.class);
        }
        Scripts.judge(new Case("key of another kind", EC, transport(EC), false));
        Scripts.judge(new Case("key for PSS alone", credential(KeyKind.RSA_PSS_2048), transport(RSA), false));
        Credential shortKey = credential(KeyKind.RSA_1023);
        Scripts.judge(new Case("short key", shortKey, transport(shortKey), true));
        Scripts.judge(new Case("a ServerKeyExchange as well", RSA, new Script(false) {
            @Override
            int suite() {
                return RSA_TRANSPORT;
            }

            @Override
            int scheme() {
                return 0x0401;
            }
        }, false));
    }

    @Test
    void shouldShowHowTheConnectionIsProtected() throws IOException {
        for (Script script : List.of(transport(RSA), signing(false, 0x0804, ECDHE_RSA), signing(true, 0x0804, ECDHE_RSA))) {
            try (EvilServer server = new EvilServer(RSA, script); Socket plain = server.connect()) {
                var strength = TlsHandshake.perform(plain, TlsSettings.withoutServerName()).channel().tls().orElseThrow().strength();

                assertThat(strength.key()).isEqualTo("RSA-2048");
                assertThat(strength.forwardSecrecy()).isEqualTo(!script.keyTransport());
                assertThat(strength.group()).isEqualTo(script.keyTransport() ? Optional.empty() : Optional.of("x25519"));
            }
        }
    }

    @Test
    void shouldNotTakeKeyTransportThatWasNotOffered() throws IOException {
        TlsOffer forward = new TlsOffer(TlsOffer.Profile.FORWARD_SECRECY, Set.of(), List.of(), List.of());
        Scripts.judge(new Case("chosen all the same", RSA, transport(RSA), false), new TlsSettings(Optional.empty(), forward, false));
        Scripts.judge(new Case("with forward secrecy", RSA, signing(false, 0x0401, ECDHE_RSA), true),
            new TlsSettings(Optional.empty(), forward, false));
    }
}
