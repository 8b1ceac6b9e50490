/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A TLSA record (RFC 6698 §2.1). The octets are kept as they came, also where their meaning is unknown.
 */
public final class TlsaRecord implements DnsRecord {
    private static final int SHOWN_OCTETS = 64;

    private final int usage;
    private final int selector;
    private final int matchingType;
    private final byte[] associationData;

    /**
     * Takes the four fields as they are in the record.
     *
     * @throws IllegalArgumentException if one of the numbers is no octet
     */
    public TlsaRecord(int usage, int selector, int matchingType, byte[] associationData) {
        this.usage = octet("certificate usage", usage);
        this.selector = octet("selector", selector);
        this.matchingType = octet("matching type", matchingType);
        this.associationData = associationData.clone();
    }

    private static int octet(String field, int value) {
        if (value < 0 || value > 255) {
            throw new IllegalArgumentException("The " + field + " of a TLSA record is 0 to 255, not " + value);
        }
        return value;
    }

    /** The certificate usage (RFC 6698 §2.1.1), 0 to 255. */
    public int usage() {
        return usage;
    }

    /** The selector (RFC 6698 §2.1.2), 0 to 255. */
    public int selector() {
        return selector;
    }

    /** The matching type (RFC 6698 §2.1.3), 0 to 255. */
    public int matchingType() {
        return matchingType;
    }

    /** A copy of the certificate association data (RFC 6698 §2.1.4). */
    public byte[] associationData() {
        return associationData.clone();
    }

    /** Tests whether the association data are exactly these octets. */
    public boolean associationDataEquals(byte[] octets) {
        return Arrays.equals(associationData, octets);
    }

    /** The number of octets of association data. */
    public int associationDataLength() {
        return associationData.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TlsaRecord that && usage == that.usage && selector == that.selector
            && matchingType == that.matchingType && Arrays.equals(associationData, that.associationData);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * (31 * usage + selector) + matchingType) + Arrays.hashCode(associationData);
    }

    /** The presentation form, {@code 3 1 1 8a9a…}; long data is cut. */
    @Override
    public String toString() {
        int shown = Math.min(SHOWN_OCTETS, associationData.length);
        return usage + " " + selector + " " + matchingType + " " + HexFormat.of().formatHex(associationData, 0, shown)
            + (shown < associationData.length ? "…" : "");
    }
}
