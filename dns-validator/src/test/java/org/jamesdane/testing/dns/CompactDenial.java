/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import java.util.List;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** Compact denial of existence (RFC 9824 §3). */
final class CompactDenial implements DenialChain {
    /** The type that a name has which does not exist (RFC 9824 §3.4). */
    private static final int NXNAME = 128;
    private static final Name FIRST_LABEL = Name.fromConstantString("\\000");

    private final ZoneView view;
    private final long ttl;

    CompactDenial(ZoneView view, long ttl) {
        this.view = view;
        this.ttl = ttl;
    }

    @Override
    public List<RRset> noData(Name name) {
        return List.of(record(name, view.types(name)));
    }

    @Override
    public List<RRset> nameError(Name name, Name closestEncloser) {
        return List.of(record(name, List.of(NXNAME)));
    }

    @Override
    public int nameErrorCode() {
        return Rcode.NOERROR;
    }

    @Override
    public List<RRset> expansion(Name name, Name closestEncloser) {
        throw new IllegalStateException("A zone with compact denial has no wildcards here, and " + name + " matches one");
    }

    @Override
    public List<RRset> wildcardNoData(Name name, Name closestEncloser) {
        return expansion(name, closestEncloser);
    }

    @Override
    public @Nullable RRset atName(Name name) {
        return record(name, view.types(name));
    }

    @Override
    public List<RRset> all() {
        throw new IllegalStateException("Compact denial has no chain that a zone file could hold");
    }

    private RRset record(Name name, Iterable<Integer> existing) {
        TreeSet<Integer> types = new TreeSet<>();
        existing.forEach(types::add);
        types.add(Type.RRSIG);
        types.add(Type.NSEC);
        try {
            return view.sign(new RRset(new NSECRecord(name, DClass.IN, ttl, Name.concatenate(FIRST_LABEL, name),
                types.stream().mapToInt(Integer::intValue).toArray())));
        } catch (NameTooLongException e) {
            throw new IllegalStateException("No name follows " + name, e);
        }
    }
}
