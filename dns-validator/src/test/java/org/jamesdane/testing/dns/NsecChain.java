/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Type;

/** Denial by NSEC (RFC 4034 §4, RFC 4035 §3.1.3). */
final class NsecChain implements DenialChain {
    private final ZoneView view;
    private final TreeMap<Name, NSECRecord> chain = new TreeMap<>();

    NsecChain(ZoneView view, long ttl) {
        this.view = view;
        List<Name> names = new ArrayList<>(view.nodes().keySet());
        for (int i = 0; i < names.size(); i++) {
            Name name = names.get(i);
            TreeSet<Integer> types = new TreeSet<>(view.types(name));
            types.add(Type.RRSIG);
            types.add(Type.NSEC);
            chain.put(name, new NSECRecord(name, DClass.IN, ttl, names.get((i + 1) % names.size()),
                types.stream().mapToInt(Integer::intValue).toArray()));
        }
    }

    @Override
    public List<RRset> noData(Name name) {
        return signed(matchOrCover(name));
    }

    @Override
    public List<RRset> nameError(Name name, Name closestEncloser) {
        return signed(matchOrCover(name), matchOrCover(wildcard(closestEncloser)));
    }

    @Override
    public List<RRset> expansion(Name name, Name closestEncloser) {
        return signed(matchOrCover(name));
    }

    @Override
    public List<RRset> wildcardNoData(Name name, Name closestEncloser) {
        return nameError(name, closestEncloser);
    }

    @Override
    public @Nullable RRset atName(Name name) {
        NSECRecord record = chain.get(name);
        return record == null ? null : view.sign(new RRset(record));
    }

    @Override
    public List<RRset> all() {
        return chain.values().stream().map(record -> view.sign(new RRset(record))).toList();
    }

    private NSECRecord matchOrCover(Name name) {
        Map.Entry<Name, NSECRecord> entry = chain.floorEntry(name);
        return (entry == null ? chain.lastEntry() : entry).getValue();
    }

    private static Name wildcard(Name closestEncloser) {
        return Records.name("*", closestEncloser);
    }

    private List<RRset> signed(NSECRecord... records) {
        Map<Name, RRset> distinct = new LinkedHashMap<>();
        for (NSECRecord record : records) {
            distinct.computeIfAbsent(record.getName(), name -> view.sign(new RRset(record)));
        }
        return List.copyOf(distinct.values());
    }
}
