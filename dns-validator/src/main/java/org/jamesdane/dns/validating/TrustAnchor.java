/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.HexFormat;

import org.jamesdane.dns.DomainName;

/**
 * A digest of a key that is trusted without further proof (RFC 4033 §2), in the form of a DS record (RFC 4034 §5).
 *
 * @param zone the zone whose key it is
 * @param keyTag the key tag of the key (RFC 4034 Appendix B)
 * @param algorithm the number of the key's algorithm
 * @param digestType the number of the digest algorithm
 * @param digest the digest in lower case hexadecimal
 */
public record TrustAnchor(DomainName zone, int keyTag, int algorithm, int digestType, String digest) {
    public TrustAnchor {
        HexFormat.of().parseHex(digest);
    }

    /** The presentation form of the DS record. */
    @Override
    public String toString() {
        return (zone.isRoot() ? "." : zone + ".") + " IN DS " + keyTag + " " + algorithm + " " + digestType + " " + digest;
    }
}
