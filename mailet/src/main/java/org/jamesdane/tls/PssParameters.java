/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.math.BigInteger;
import java.security.cert.CertificateParsingException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.dane.pkix.Der;

/** Reads the parameters of an RSASSA-PSS key (RFC 4055 §3.1). */
final class PssParameters {
    /** RFC 4055 §3.1: the DEFAULT of both digests, and of the length of the salt. */
    private static final String DEFAULT_DIGEST = "SHA-1";
    private static final int DEFAULT_SALT = 20;
    /** The content octets of the object identifiers of digests. */
    private static final Map<String, String> DIGESTS = Map.of(
        "2b0e03021a", "SHA-1",
        "608648016503040204", "SHA-224",
        "608648016503040201", "SHA-256",
        "608648016503040202", "SHA-384",
        "608648016503040203", "SHA-512");
    private static final String MGF1 = "2a864886f70d010108";

    private PssParameters() {
    }

    /**
     * The parameters behind the identifier of the algorithm.
     *
     * @return empty for none: the key is bound to nothing (RFC 4055 §1.2)
     */
    static Optional<LeafKey.Pss> of(List<Der> parameters) throws CertificateParsingException {
        if (parameters.isEmpty()) {
            return Optional.empty();
        }
        String hash = DEFAULT_DIGEST;
        String mask = DEFAULT_DIGEST;
        int salt = DEFAULT_SALT;
        for (Der field : parameters.get(0).expect(Der.SEQUENCE).children()) {
            Der value = field.child(0);
            switch (field.tag() - Der.CONTEXT_CONSTRUCTED) {
                case 0 -> hash = digest(value);
                case 1 -> mask = mask(value);
                case 2 -> salt = new BigInteger(value.expect(Der.INTEGER).content()).intValueExact();
                // The trailer field has one value only.
                case 3 -> value.expect(Der.INTEGER);
                default -> throw new CertificateParsingException("a parameter of PSS that does not exist");
            }
        }
        return Optional.of(new LeafKey.Pss(hash, mask, salt));
    }

    private static String mask(Der algorithm) throws CertificateParsingException {
        if (!identifier(algorithm).equals(MGF1)) {
            throw new CertificateParsingException("a mask generation function other than MGF1");
        }
        return digest(algorithm.child(1));
    }

    private static String digest(Der algorithm) throws CertificateParsingException {
        String digest = DIGESTS.get(identifier(algorithm));
        if (digest == null) {
            throw new CertificateParsingException("a digest that is not known");
        }
        return digest;
    }

    private static String identifier(Der algorithm) throws CertificateParsingException {
        return HexFormat.of().formatHex(algorithm.expect(Der.SEQUENCE).child(0).expect(Der.OBJECT_IDENTIFIER).content());
    }
}
