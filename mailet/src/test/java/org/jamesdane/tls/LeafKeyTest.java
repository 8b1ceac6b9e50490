/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.util.Arrays;
import org.bouncycastle.util.BigIntegers;
import org.jamesdane.dane.pkix.RsaNumbers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys on curves that are spelt out (RFC 3279 §2.3.5), points that are on no curve, and the bounds of RSA keys. */
class LeafKeyTest {
    private static final X9ECParameters P_256 = Objects.requireNonNull(SECNamedCurves.getByName("secp256r1"));
    private static final ASN1Sequence SPELT_OUT = ASN1Sequence.getInstance(P_256.toASN1Primitive());
    private static final int GENERATOR = 3;
    private static final int ORDER = 4;
    private static final int COFACTOR = 5;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTakeACurveThatIsSpeltOut(boolean compressed) throws IOException {
        byte[] point = P_256.getG().multiply(BigInteger.valueOf(4711)).getEncoded(compressed);

        assertThat(LeafKey.of(info(SPELT_OUT, point)).kind()).isEqualTo(LeafKey.Kind.P_256);
    }

    static Stream<Map.Entry<String, ASN1Sequence>> shouldTakeNoCurveThatIsNearlyTheSame() {
        // Whoever chooses the generator knows a private key for any public one.
        byte[] twice = P_256.getG().multiply(BigInteger.TWO).normalize().getEncoded(false);
        return Stream.of(
            Map.entry("another generator", with(GENERATOR, field -> new DEROctetString(twice))),
            Map.entry("another order", with(ORDER, field -> new ASN1Integer(P_256.getN().subtract(BigInteger.TWO)))),
            Map.entry("another cofactor", with(COFACTOR, field -> new ASN1Integer(2))),
            Map.entry("another prime", with(1, field -> replaced(field, 1, new ASN1Integer(P_256.getN())))),
            Map.entry("another a", with(2, field -> replaced(field, 0, new DEROctetString(new byte[32])))),
            Map.entry("another b", with(2, field -> replaced(field, 1, new DEROctetString(new byte[32])))));
    }

    @ParameterizedTest
    @MethodSource
    void shouldTakeNoCurveThatIsNearlyTheSame(Map.Entry<String, ASN1Sequence> curve) throws IOException {
        byte[] info = info(curve.getValue(), P_256.getG().getEncoded(false));

        assertThatThrownBy(() -> LeafKey.of(info)).as(curve.getKey()).isInstanceOf(TlsFatalAlert.class);
    }

    @Test
    void shouldTakeNoPointThatIsOnNoCurve() throws IOException {
        byte[] off = P_256.getG().getEncoded(false);
        off[off.length - 1] ^= 1;
        // x = 5 is on the curve, and so would its twin outside of the field be.
        byte[] outside = P_256.getCurve().decodePoint(Arrays.prepend(octets(BigInteger.valueOf(5)), (byte) 2)).getEncoded(false);
        System.arraycopy(octets(P_256.getCurve().getField().getCharacteristic().add(BigInteger.valueOf(5))), 0, outside, 1, 32);
        for (byte[] point : List.of(off, outside, new byte[] {0}, Arrays.copyOf(off, 64))) {
            byte[] spelt = info(SPELT_OUT, point);
            byte[] named = info(X9ObjectIdentifiers.prime256v1, point);

            assertThatThrownBy(() -> LeafKey.of(spelt)).isInstanceOf(TlsFatalAlert.class);
            assertThatThrownBy(() -> LeafKey.of(named)).isInstanceOf(TlsFatalAlert.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"511, false", "512, true", "1023, true", "16384, true", "16385, false"})
    void shouldTakeRsaKeysWithinItsBounds(int bits, boolean taken) throws IOException {
        BigInteger modulus = BigInteger.ONE.shiftLeft(bits - 1).setBit(0);
        byte[] info = new SubjectPublicKeyInfo(new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
            new RSAPublicKey(modulus, BigInteger.valueOf(65_537))).getEncoded("DER");

        assertThat(RsaNumbers.bits(info)).hasValue(bits);
        if (taken) {
            assertThat(LeafKey.of(info)).hasToString("RSA-" + bits);
        } else {
            assertThatThrownBy(() -> LeafKey.of(info)).isInstanceOf(TlsFatalAlert.class)
                .hasMessageContaining("its RSA key has " + bits + " bits; taken are 512 to 16384");
        }
    }

    private static byte[] octets(BigInteger number) {
        return BigIntegers.asUnsignedByteArray(32, number);
    }

    private static byte[] info(ASN1Encodable curve, byte[] point) throws IOException {
        return new SubjectPublicKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), point).getEncoded("DER");
    }

    private static ASN1Sequence with(int field, UnaryOperator<ASN1Encodable> change) {
        return replaced(SPELT_OUT, field, change.apply(SPELT_OUT.getObjectAt(field)));
    }

    private static ASN1Sequence replaced(ASN1Encodable sequence, int field, ASN1Encodable value) {
        List<ASN1Encodable> fields = new ArrayList<>(List.of(ASN1Sequence.getInstance(sequence).toArray()));
        fields.set(field, value);
        return new DERSequence(fields.toArray(new ASN1Encodable[0]));
    }
}
