/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import java.util.List;
import java.util.Set;

import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** Tests if a validating resolver gets from a secure parent into a zone, by how the zone was set up. */
final class Delegations {
    private static final Set<Integer> DIGESTS = Set.of(DNSSEC.Digest.SHA1, DNSSEC.Digest.SHA256, DNSSEC.Digest.SHA384);
    private static final Set<Integer> ALGORITHMS = Set.of(5, 7, 8, 10, 13, 14, 15, 16);

    private Delegations() {
    }

    static Answers.Security security(SignedZone zone) {
        List<Record> usable = zone.delegationSigners().stream().filter(Delegations::isSupported).toList();
        if (usable.isEmpty()) {
            return Answers.Security.INSECURE;
        }
        boolean linked = zone.isSigned() && zone.keys().stream().filter(SigningKey::isPublished).filter(SigningKey::signsKeys)
            .anyMatch(key -> usable.stream().map(DSRecord.class::cast)
                .anyMatch(ds -> ds.equals(key.ds(zone.origin(), ds.getTTL(), ds.getDigestID()))));
        boolean keysSigned = zone.signaturesOver(zone.origin(), Type.DNSKEY) == Signatures.VALID;
        return linked && keysSigned ? Answers.Security.SECURE : Answers.Security.BOGUS;
    }

    private static boolean isSupported(Record record) {
        return record instanceof DSRecord ds && DIGESTS.contains(ds.getDigestID()) && ALGORITHMS.contains(ds.getAlgorithm());
    }
}
