/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jamesdane.dane.pkix.Der;

/**
 * Reads keys on the three curves that TLS 1.3 has for certificates. The curve is given by its name or spelt out (RFC 3279 §2.3.5), the
 * point in full or compressed (SEC 1 §2.3.4). A curve that is none of the three is never computed with.
 */
final class EcPoint {
    /** The content octets of prime-field, 1.2.840.10045.1.1. */
    private static final String PRIME_FIELD = "2a8648ce3d0101";
    private static final int UNCOMPRESSED = 4;
    private static final int EVEN = 2;
    private static final int ODD = 3;

    /** A curve with the parameters that the Java platform has for it. */
    private enum Curve {
        P_256("2a8648ce3d030107", "secp256r1", LeafKey.Kind.P_256),
        P_384("2b81040022", "secp384r1", LeafKey.Kind.P_384),
        P_521("2b81040023", "secp521r1", LeafKey.Kind.P_521);

        private final String identifier;
        /** The platform's class has no setters. */
        @SuppressWarnings("ImmutableEnumChecker")
        private final ECParameterSpec parameters;
        private final LeafKey.Kind kind;

        Curve(String identifier, String name, LeafKey.Kind kind) {
            this.identifier = identifier;
            this.kind = kind;
            try {
                AlgorithmParameters named = new PlatformProviders().createAlgorithmParameters("EC");
                named.init(new ECGenParameterSpec(name));
                this.parameters = named.getParameterSpec(ECParameterSpec.class);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java platform has " + name, e);
            }
        }

        private BigInteger prime() {
            return ((ECFieldFp) parameters.getCurve().getField()).getP();
        }

        /** The square of y at that x. */
        private BigInteger square(BigInteger x) {
            return x.multiply(x).add(parameters.getCurve().getA()).multiply(x).add(parameters.getCurve().getB()).mod(prime());
        }
    }

    private EcPoint() {
    }

    static LeafKey key(Der curveParameters, byte[] point) throws CertificateParsingException, GeneralSecurityException, TlsFatalAlert {
        Curve curve = curve(curveParameters).orElseThrow(() -> new TlsFatalAlert(AlertDescription.unsupported_certificate,
            "its key is on a curve other than P-256, P-384 and P-521"));
        ECPublicKeySpec spec = new ECPublicKeySpec(point(curve, point), curve.parameters);
        return new LeafKey(curve.kind, (ECPublicKey) TlsCryptography.INSTANCE.getHelper().createKeyFactory("EC").generatePublic(spec),
            Optional.empty());
    }

    private static Optional<Curve> curve(Der parameters) throws CertificateParsingException {
        for (Curve curve : Curve.values()) {
            if (parameters.tag() == Der.SEQUENCE ? isSpeltOut(curve, parameters.children())
                    : HexFormat.of().formatHex(parameters.expect(Der.OBJECT_IDENTIFIER).content()).equals(curve.identifier)) {
                return Optional.of(curve);
            }
        }
        return Optional.empty();
    }

    /** RFC 3279 §2.3.5, ECParameters: version, field, curve, base, order, cofactor OPTIONAL. Every number has to be the curve's. */
    private static boolean isSpeltOut(Curve curve, List<Der> fields) throws CertificateParsingException {
        if (fields.size() < 5) {
            return false;
        }
        Der field = fields.get(1).expect(Der.SEQUENCE);
        if (!HexFormat.of().formatHex(field.child(0).content()).equals(PRIME_FIELD)
                || !number(field.child(1)).equals(curve.prime())
                || !coefficient(fields.get(2).child(0)).equals(curve.parameters.getCurve().getA())
                || !coefficient(fields.get(2).child(1)).equals(curve.parameters.getCurve().getB())
                || !number(fields.get(4)).equals(curve.parameters.getOrder())
                || (fields.size() > 5 && !number(fields.get(5)).equals(BigInteger.ONE))) {
            return false;
        }
        return point(curve, fields.get(3).expect(Der.OCTET_STRING).content()).equals(curve.parameters.getGenerator());
    }

    private static BigInteger number(Der element) throws CertificateParsingException {
        byte[] content = element.expect(Der.INTEGER).content();
        if (content.length == 0) {
            throw new CertificateParsingException("an integer without octets");
        }
        return new BigInteger(content);
    }

    private static BigInteger coefficient(Der element) throws CertificateParsingException {
        return new BigInteger(1, element.expect(Der.OCTET_STRING).content());
    }

    private static ECPoint point(Curve curve, byte[] octets) throws CertificateParsingException {
        int size = (curve.prime().bitLength() + 7) / 8;
        if (octets.length == 1 + 2 * size && octets[0] == UNCOMPRESSED) {
            BigInteger x = new BigInteger(1, Arrays.copyOfRange(octets, 1, 1 + size));
            BigInteger y = new BigInteger(1, Arrays.copyOfRange(octets, 1 + size, octets.length));
            return checked(curve, x, y);
        }
        if (octets.length == 1 + size && (octets[0] == EVEN || octets[0] == ODD)) {
            BigInteger x = new BigInteger(1, Arrays.copyOfRange(octets, 1, octets.length));
            // All three primes are 3 modulo 4: a square root is this power (SEC 1 §2.3.4).
            BigInteger root = curve.square(x).modPow(curve.prime().add(BigInteger.ONE).shiftRight(2), curve.prime());
            return checked(curve, x, root.testBit(0) == (octets[0] == ODD) ? root : curve.prime().subtract(root));
        }
        throw new CertificateParsingException("a point of an unknown form");
    }

    /** SEC 1 §3.2.2.1: both coordinates are in the field, and the point is on the curve. */
    private static ECPoint checked(Curve curve, BigInteger x, BigInteger y) throws CertificateParsingException {
        if (x.compareTo(curve.prime()) >= 0 || y.compareTo(curve.prime()) >= 0
                || !y.multiply(y).mod(curve.prime()).equals(curve.square(x))) {
            throw new CertificateParsingException("a point that is not on its curve");
        }
        return new ECPoint(x, y);
    }
}
