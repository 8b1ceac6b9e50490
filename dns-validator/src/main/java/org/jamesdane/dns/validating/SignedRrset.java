/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * An RRset as it came in a reply, with the signatures that claim to cover it. Nothing is verified.
 *
 * @param records of this owner, of this type, of class IN, each once (RFC 4034 §6.3); at least one
 * @param signatures of this owner and class, covering this type
 */
record SignedRrset(Name owner, int type, List<Record> records, List<RRSIGRecord> signatures) {
    /** A TTL is 31 bits; with the sign bit set it counts as 0 (RFC 2181 §8). */
    private static final long MAX_TTL = Integer.MAX_VALUE;

    private record Key(Name owner, int type) {
    }

    /** The RRsets of class IN in a section of a reply; signatures without records are left out. */
    static List<SignedRrset> collect(List<Record> section) {
        Map<Key, Map<ByteBuffer, Record>> sets = new LinkedHashMap<>();
        Map<Key, List<RRSIGRecord>> signatures = new LinkedHashMap<>();
        for (Record record : section) {
            if (record.getDClass() != DClass.IN) {
                continue;
            }
            if (record instanceof RRSIGRecord signature) {
                signatures.computeIfAbsent(new Key(record.getName(), signature.getTypeCovered()), key -> new ArrayList<>())
                    .add(signature);
            } else {
                sets.computeIfAbsent(new Key(record.getName(), record.getType()), key -> new LinkedHashMap<>())
                    .putIfAbsent(ByteBuffer.wrap(record.rdataToWireCanonical()), record);
            }
        }
        List<SignedRrset> result = new ArrayList<>();
        sets.forEach((key, records) -> result.add(of(key, records.values(), signatures.getOrDefault(key, List.of()))));
        return result;
    }

    private static SignedRrset of(Key key, Collection<Record> records, List<RRSIGRecord> signatures) {
        return new SignedRrset(key.owner(), key.type(), List.copyOf(records), List.copyOf(signatures));
    }

    boolean isSigned() {
        return !signatures.isEmpty();
    }

    /** The smallest TTL of the records, in seconds (RFC 2181 §5.2). */
    long ttl() {
        return records.stream().mapToLong(record -> record.getTTL() > MAX_TTL ? 0 : record.getTTL()).min().orElse(0);
    }

    @Override
    public String toString() {
        return owner + " " + Type.string(type);
    }
}
