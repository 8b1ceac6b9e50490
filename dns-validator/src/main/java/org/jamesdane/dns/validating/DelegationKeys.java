/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/** Finds the keys of a zone that its DS records, or trust anchors in the form of DS records, vouch for (RFC 4035 §5.2). */
final class DelegationKeys {
    /** DNSKEY RRsets of weight have up to ten; a larger set is not searched. */
    static final int MAX_KEYS = 64;
    /** DS digests compared in vain: DS records of a key tag that other keys share are made by intent (CVE-2023-50387). */
    static final int MAX_WRONG_DIGESTS = 8;

    private DelegationKeys() {
    }

    /** Tests whether a DS record can start a chain: both its algorithm and its digest type are supported (RFC 6840 §5.2). */
    static boolean isSupported(DSRecord ds) {
        return DnssecAlgorithms.isSupported(ds.getAlgorithm()) && DnssecAlgorithms.digestLength(ds.getDigestID()) > 0;
    }

    /**
     * The zone's keys that a supported DS record matches.
     *
     * @throws LookupFailure bogus if there is none
     */
    static List<ZoneKey> vouchedFor(Name zone, List<DSRecord> delegation, SignedRrset dnskeys) {
        if (dnskeys.records().size() > MAX_KEYS) {
            throw LookupFailure.bogus(zone, "the zone has " + dnskeys.records().size() + " keys, at most " + MAX_KEYS
                + " are searched");
        }
        List<DSRecord> usable = withoutWeakDigests(delegation.stream().filter(DelegationKeys::isSupported).toList());
        List<ZoneKey> vouched = new ArrayList<>();
        int wrong = 0;
        for (Record record : dnskeys.records()) {
            DNSKEYRecord dnskey = (DNSKEYRecord) record;
            for (DSRecord ds : usable) {
                if (ds.getFootprint() != dnskey.getFootprint() || ds.getAlgorithm() != dnskey.getAlgorithm()) {
                    continue;
                }
                if (digestMatches(zone, ds, dnskey)) {
                    ZoneKey.of(dnskey).ifPresent(vouched::add);
                    break;
                }
                if (++wrong > MAX_WRONG_DIGESTS) {
                    throw LookupFailure.bogus(zone, "more than " + MAX_WRONG_DIGESTS
                        + " DS records have the tag of a key and not its digest");
                }
            }
        }
        if (vouched.isEmpty()) {
            throw LookupFailure.bogus(zone, "none of the zone's keys is the one its DS records name");
        }
        return vouched;
    }

    /** RFC 4509 §3: DS records with SHA-1 are ignored where others have a stronger digest. */
    private static List<DSRecord> withoutWeakDigests(List<DSRecord> delegation) {
        List<DSRecord> strong = delegation.stream().filter(ds -> ds.getDigestID() != DNSSEC.Digest.SHA1).toList();
        return strong.isEmpty() ? delegation : strong;
    }

    /** RFC 4034 §5.1.4: the digest is over the canonical owner and the key's data. */
    private static boolean digestMatches(Name zone, DSRecord ds, DNSKEYRecord dnskey) {
        try {
            MessageDigest digest = DnssecAlgorithms.digest(ds.getDigestID());
            digest.update(zone.toWireCanonical());
            digest.update(dnskey.rdataToWireCanonical());
            return MessageDigest.isEqual(digest.digest(), ds.getDigest());
        } catch (NoSuchAlgorithmException e) {
            // A digest type of the supported set that is not there any more is a wrong digest, not an unsupported one.
            return false;
        }
    }
}
