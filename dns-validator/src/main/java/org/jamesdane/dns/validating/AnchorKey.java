/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.Base64;
import java.util.HexFormat;

import org.jamesdane.dns.DomainName;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.Name;

/**
 * A key of a trust point, with the REVOKE bit cleared: key tag and digest change with that bit (RFC 5011 §2.1), the key does not.
 *
 * @param zone the trust point
 * @param flags the flags without REVOKE (RFC 4034 §2.1.1)
 * @param algorithm the number of the key's algorithm
 * @param publicKey the public key in Base64
 */
public record AnchorKey(DomainName zone, int flags, int algorithm, String publicKey) {
    /** A key that signs zone data (RFC 4034 §2.1.1). */
    private static final int ZONE_KEY = 0x100;
    /** A key withdrawn by its owner (RFC 5011 §3). */
    private static final int REVOKE = 0x80;
    /** A key that is meant as an anchor (RFC 4034 §2.1.1). */
    private static final int SECURE_ENTRY_POINT = 0x1;
    /** Both flags that a zone key has in practice; the same key with one or the other is one key. */
    private static final int[] USUAL_FLAGS = {ZONE_KEY, ZONE_KEY | SECURE_ENTRY_POINT};

    /** Checks that the key has the form of one. */
    public AnchorKey {
        if (flags < 0 || flags > 0xFFFF || (flags & REVOKE) != 0 || algorithm < 0 || algorithm > 0xFF
            || Base64.getDecoder().decode(publicKey).length == 0) {
            throw new IllegalArgumentException("this is no key of a trust point");
        }
    }

    static AnchorKey of(DNSKEYRecord record) {
        return new AnchorKey(WireNames.fromWire(record.getName()), record.getFlags() & ~REVOKE, record.getAlgorithm(),
            Base64.getEncoder().encodeToString(record.getKey()));
    }

    static boolean isRevoked(DNSKEYRecord record) {
        return (record.getFlags() & REVOKE) != 0;
    }

    /** The anchor that stands for this key: a DS record with SHA-256. */
    public TrustAnchor anchor() {
        return anchor(flags, DNSSEC.Digest.SHA256);
    }

    private TrustAnchor anchor(int withFlags, int digestType) {
        DNSKEYRecord record = record(withFlags);
        DSRecord ds = new DSRecord(record.getName(), DClass.IN, 0, digestType, record);
        return new TrustAnchor(zone, ds.getFootprint(), algorithm, digestType, HexFormat.of().formatHex(ds.getDigest()));
    }

    private DNSKEYRecord record(int withFlags) {
        Name owner = WireNames.toWire(zone);
        return new DNSKEYRecord(owner, DClass.IN, 0, withFlags, DNSKEYRecord.Protocol.DNSSEC, algorithm,
            Base64.getDecoder().decode(publicKey));
    }

    /** Tests whether an anchor is a digest of this key. */
    boolean isNamedBy(TrustAnchor named) {
        return isNamedBy(named, flags);
    }

    /** Tests whether an anchor is a digest of this key, whatever the key's flags were when it was made. */
    boolean isNamedWithAnyFlagsBy(TrustAnchor named) {
        for (int usual : USUAL_FLAGS) {
            if (isNamedBy(named, usual)) {
                return true;
            }
        }
        return isNamedBy(named);
    }

    private boolean isNamedBy(TrustAnchor named, int withFlags) {
        return named.zone().equals(zone) && named.algorithm() == algorithm && DnssecAlgorithms.digestLength(named.digestType()) > 0
            && anchor(withFlags, named.digestType()).equals(named);
    }

    /** Tests whether the other one is the same key, whatever the flags of the two are. */
    boolean isSameKey(AnchorKey other) {
        return zone.equals(other.zone) && algorithm == other.algorithm && publicKey.equals(other.publicKey);
    }

    /** Tests whether its owner offers it as an anchor (RFC 5011 §2: a SEP key). */
    boolean isOffered() {
        return (flags & ZONE_KEY) != 0 && (flags & SECURE_ENTRY_POINT) != 0;
    }
}
