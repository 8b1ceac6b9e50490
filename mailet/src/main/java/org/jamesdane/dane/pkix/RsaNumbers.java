/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.pkix;

import java.math.BigInteger;
import java.security.cert.CertificateParsingException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The two numbers of an RSA public key (RFC 8017 §A.1.1), read from its octets.
 *
 * @param modulus the modulus, not positive in a malformed key
 * @param exponent the public exponent
 */
public record RsaNumbers(BigInteger modulus, BigInteger exponent) {
    /** Bits of the shortest RSA key that proves who has it; shorter ones have been factored in practice (RFC 6698 §4.1). */
    public static final int MIN_PROVING_BITS = 1024;
    /** RFC 3279 §2.3 rsaEncryption, RFC 4055 §1.2 id-RSASSA-PSS: the content octets of the object identifier. */
    private static final Set<String> ALGORITHMS = Set.of("2a864886f70d010101", "2a864886f70d01010a");

    /** Reads the content of the BIT STRING in a subject public key info, without its count of unused bits. */
    public static RsaNumbers of(byte[] key) throws CertificateParsingException {
        List<Der> numbers = Der.of(key).expect(Der.SEQUENCE).children();
        if (numbers.size() < 2) {
            throw new CertificateParsingException("an RSA key without its numbers");
        }
        return new RsaNumbers(integer(numbers.get(0)), integer(numbers.get(1)));
    }

    private static BigInteger integer(Der field) throws CertificateParsingException {
        byte[] content = field.expect(Der.INTEGER).content();
        if (content.length == 0) {
            throw new CertificateParsingException("a number without octets");
        }
        return new BigInteger(content);
    }

    /** Length of the modulus of a subject public key info, in bits; empty for a key of another algorithm, or one that cannot be read. */
    public static OptionalInt bits(byte[] publicKeyInfo) {
        try {
            List<Der> fields = Der.of(publicKeyInfo).expect(Der.SEQUENCE).children();
            byte[] identifier = fields.get(0).expect(Der.SEQUENCE).child(0).expect(Der.OBJECT_IDENTIFIER).content();
            if (!ALGORITHMS.contains(HexFormat.of().formatHex(identifier))) {
                return OptionalInt.empty();
            }
            byte[] bits = fields.get(1).expect(Der.BIT_STRING).content();
            return OptionalInt.of(of(Arrays.copyOfRange(bits, 1, bits.length)).modulus().bitLength());
        } catch (CertificateParsingException | IndexOutOfBoundsException | IllegalArgumentException e) {
            // Octets of strangers: what they are for is judged elsewhere.
            return OptionalInt.empty();
        }
    }
}
