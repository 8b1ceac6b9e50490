/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.Optional;

import org.jamesdane.dns.RrsetId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSOutput;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Type;

/** Puts verified RRsets into the form of the archive, and keeps the archive's failures from the lookups. */
final class RrsetArchiver {
    private static final Logger LOGGER = LoggerFactory.getLogger(RrsetArchiver.class);

    private final RrsetArchive archive;

    RrsetArchiver(RrsetArchive archive) {
        this.archive = archive;
    }

    /** Keeps a set with the signature that verified it; empty if nobody collects, or if it could not be kept. */
    Optional<RrsetId> keep(SignedRrset set, RRSIGRecord signature) {
        if (archive == RrsetArchive.NONE) {
            return Optional.empty();
        }
        try {
            byte[] octets = octets(set, signature);
            RrsetId id = RrsetId.of(octets);
            archive.keep(id, octets);
            return Optional.of(id);
        } catch (Throwable e) {
            LOGGER.error("The verified records {} could not be archived; the lookup goes on without", set, e);
            return Optional.empty();
        }
    }

    static byte[] octets(SignedRrset set, RRSIGRecord signature) {
        DNSOutput out = new DNSOutput();
        byte[] owner = set.owner().toWireCanonical();
        for (byte[] data : SignatureCheck.canonicalData(set)) {
            write(out, owner, set.type(), signature.getOrigTTL(), data);
        }
        write(out, owner, Type.RRSIG, signature.getOrigTTL(), signature.rdataToWireCanonical());
        return out.toByteArray();
    }

    private static void write(DNSOutput out, byte[] owner, int type, long ttl, byte[] data) {
        out.writeByteArray(owner);
        out.writeU16(type);
        out.writeU16(DClass.IN);
        out.writeU32(ttl);
        out.writeU16(data.length);
        out.writeByteArray(data);
    }
}
