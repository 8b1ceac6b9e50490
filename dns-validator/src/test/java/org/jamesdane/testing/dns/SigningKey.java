/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import java.security.KeyPair;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.RRset;

/**
 * A key of a zone and what it is used for. The {@code with…} and {@code not…} methods give a changed copy with the same key pair,
 * so that the steps of a roll-over (RFC 7583) can be played one by one.
 */
public final class SigningKey {
    private static final int ZONE_KEY = 0x0100;
    private static final int SECURE_ENTRY_POINT = 0x0001;
    /** RFC 5011 §7. */
    private static final int REVOKE = 0x0080;

    private final KeyAlgorithm algorithm;
    private final KeyPair pair;
    private final int number;
    private final int flags;
    private final boolean published;
    private final boolean inParent;
    private final boolean signsKeys;
    private final boolean signsData;

    private SigningKey(KeyAlgorithm algorithm, KeyPair pair, int number, int flags, boolean published, boolean inParent,
            boolean signsKeys, boolean signsData) {
        this.algorithm = algorithm;
        this.pair = pair;
        this.number = number;
        this.flags = flags;
        this.published = published;
        this.inParent = inParent;
        this.signsKeys = signsKeys;
        this.signsData = signsData;
    }

    /** A fresh key that signs everything. */
    public static SigningKey combined(KeyAlgorithm algorithm) {
        return new SigningKey(algorithm, algorithm.generate(), algorithm.number(), ZONE_KEY | SECURE_ENTRY_POINT, true, true, true, true);
    }

    /** A fresh key-signing key: in the parent's DS, signs the DNSKEY RRset only. */
    public static SigningKey keySigning(KeyAlgorithm algorithm) {
        return new SigningKey(algorithm, algorithm.generate(), algorithm.number(), ZONE_KEY | SECURE_ENTRY_POINT, true, true, true, false);
    }

    /** A fresh zone-signing key: not in the parent's DS, signs all but the DNSKEY RRset. */
    public static SigningKey zoneSigning(KeyAlgorithm algorithm) {
        return new SigningKey(algorithm, algorithm.generate(), algorithm.number(), ZONE_KEY, true, false, false, true);
    }

    /** Two different fresh combined keys with the same key tag (RFC 4034 Appendix B: tags are no identifiers). */
    public static List<SigningKey> colliding(KeyAlgorithm algorithm) {
        if (algorithm.number() <= KeyAlgorithm.RSASHA512.number()) {
            throw new IllegalArgumentException("Colliding key tags are found by trial, for which " + algorithm + " keys are too slow");
        }
        Map<Integer, SigningKey> seen = new HashMap<>();
        while (true) {
            SigningKey key = combined(algorithm);
            SigningKey twin = seen.put(key.tag(), key);
            if (twin != null) {
                return List.of(twin, key);
            }
        }
    }

    /** Claims another algorithm number in all records; signatures are still made with the real algorithm. */
    public SigningKey withNumber(int other) {
        return new SigningKey(algorithm, pair, other, flags, published, inParent, signsKeys, signsData);
    }

    /** Not in the zone's DNSKEY RRset. */
    public SigningKey notPublished() {
        return new SigningKey(algorithm, pair, number, flags, false, inParent, signsKeys, signsData);
    }

    /** Signs nothing. */
    public SigningKey notSigning() {
        return new SigningKey(algorithm, pair, number, flags, published, inParent, false, false);
    }

    /** Signs the DNSKEY RRset too. */
    public SigningKey signingKeys() {
        return new SigningKey(algorithm, pair, number, flags, published, inParent, true, signsData);
    }

    /** The DNSKEY record of a root that has this key. */
    public DNSKEYRecord publicRecord() {
        return dnskey(Name.root, 0);
    }

    /** Without DS record in the parent, and no trust anchor for the root. */
    public SigningKey notInParent() {
        return new SigningKey(algorithm, pair, number, flags, published, false, signsKeys, signsData);
    }

    /** With the REVOKE bit (RFC 5011 §7), which also changes the key tag. */
    public SigningKey revoked() {
        return new SigningKey(algorithm, pair, number, flags | REVOKE, published, inParent, signsKeys, signsData);
    }

    /** With these DNSKEY flags (RFC 4034 §2.1.1). */
    public SigningKey withFlags(int other) {
        return new SigningKey(algorithm, pair, number, other, published, inParent, signsKeys, signsData);
    }

    /** The key tag (RFC 4034 Appendix B). */
    public int tag() {
        return dnskey(Name.root, 0).getFootprint();
    }

    int number() {
        return number;
    }

    boolean isPublished() {
        return published;
    }

    boolean isInParent() {
        return inParent;
    }

    boolean signsKeys() {
        return signsKeys;
    }

    boolean signsData() {
        return signsData;
    }

    DNSKEYRecord dnskey(Name zone, long ttl) {
        try {
            DNSKEYRecord real = new DNSKEYRecord(zone, DClass.IN, ttl, flags, DNSKEYRecord.Protocol.DNSSEC, algorithm.number(),
                pair.getPublic());
            return number == algorithm.number() ? real
                : new DNSKEYRecord(zone, DClass.IN, ttl, flags, DNSKEYRecord.Protocol.DNSSEC, number, real.getKey());
        } catch (DNSSEC.DNSSECException e) {
            throw new IllegalStateException("A " + algorithm + " key of " + zone + " has no DNSKEY form", e);
        }
    }

    DSRecord ds(Name zone, long ttl, int digest) {
        return new DSRecord(zone, DClass.IN, ttl, digest, dnskey(zone, ttl));
    }

    RRSIGRecord sign(RRset rrset, Name zone, Instant inception, Instant expiration) {
        RRSIGRecord unsigned = signature(rrset, zone, inception, expiration, new byte[0]);
        byte[] octets = algorithm.sign(pair.getPrivate(), DNSSEC.digestRRset(unsigned, rrset));
        return signature(rrset, zone, inception, expiration, octets);
    }

    private RRSIGRecord signature(RRset rrset, Name zone, Instant inception, Instant expiration, byte[] octets) {
        return new RRSIGRecord(rrset.getName(), rrset.getDClass(), rrset.getTTL(), rrset.getType(), number, rrset.getTTL(),
            expiration, inception, tag(), zone, octets);
    }
}
