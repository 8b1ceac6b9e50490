/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;

import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;

/**
 * A DNSKEY that may sign zone data.
 *
 * @param publicKey empty if its octets are no key of its algorithm; such a key verifies nothing
 */
record ZoneKey(DNSKEYRecord record, int tag, Optional<PublicKey> publicKey) {
    /** The flag of a key that signs zone data (RFC 4034 §2.1.1). */
    private static final int ZONE_FLAG = 0x100;
    /** The flag of a key its owner withdrew (RFC 5011 §2.1). */
    private static final int REVOKED_FLAG = 0x80;
    /** The only value of the protocol field (RFC 4034 §2.1.2). */
    private static final int DNSSEC_PROTOCOL = 3;
    /** RFC 3110 §2: larger moduli need not be supported. */
    private static final int MAX_RSA_MODULUS_BITS = 4096;
    /** Far above those in use (3, 65537, 2³²+1); a longer exponent makes verification as slow as signing. */
    private static final int MAX_RSA_EXPONENT_BITS = 64;

    /** The key, if it may sign zone data with an algorithm we support. */
    static Optional<ZoneKey> of(DNSKEYRecord record) {
        boolean usable = (record.getFlags() & ZONE_FLAG) != 0 && (record.getFlags() & REVOKED_FLAG) == 0
            && record.getProtocol() == DNSSEC_PROTOCOL && DnssecAlgorithms.isSupported(record.getAlgorithm());
        return usable ? Optional.of(new ZoneKey(record, record.getFootprint(), publicKey(record))) : Optional.empty();
    }

    /**
     * A revoked key, if it is otherwise one that may sign zone data. For nothing but the signature that proves its revocation (RFC 5011
     * §2.1).
     */
    static Optional<ZoneKey> forItsRevocation(DNSKEYRecord record) {
        boolean readable = (record.getFlags() & ZONE_FLAG) != 0 && (record.getFlags() & REVOKED_FLAG) != 0
            && record.getProtocol() == DNSSEC_PROTOCOL && DnssecAlgorithms.isSupported(record.getAlgorithm());
        return readable ? Optional.of(new ZoneKey(record, record.getFootprint(), publicKey(record))) : Optional.empty();
    }

    private static Optional<PublicKey> publicKey(DNSKEYRecord record) {
        try {
            PublicKey key = record.getPublicKey();
            if (key instanceof RSAPublicKey rsa && isTooLarge(rsa)) {
                return Optional.empty();
            }
            return Optional.of(key);
        } catch (DNSSEC.DNSSECException | RuntimeException e) {
            // The octets are the zone owner's; whatever the crypto library makes of them, it is a key that verifies nothing.
            return Optional.empty();
        }
    }

    private static boolean isTooLarge(RSAPublicKey key) {
        BigInteger exponent = key.getPublicExponent();
        return key.getModulus().bitLength() > MAX_RSA_MODULUS_BITS || exponent.bitLength() > MAX_RSA_EXPONENT_BITS;
    }

    int algorithm() {
        return record.getAlgorithm();
    }
}
