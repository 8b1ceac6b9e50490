/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSEC3PARAMRecord;
import org.xbill.DNS.NSEC3Record;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** A zone as it is served at one moment: complete with keys, delegations and denials; signed piece by piece as it is asked for. */
final class ZoneView {
    private final SignedZone zone;
    private final ZoneSigner signer;
    private final InstantSource clock;
    private final NavigableMap<Name, Map<Integer, List<Record>>> nodes;
    private final Set<Name> cuts = new HashSet<>();
    private final DenialChain chain;

    ZoneView(SignedZone zone, List<SignedZone> children, ZoneSigner signer, InstantSource clock) {
        this.zone = zone;
        this.signer = signer;
        this.clock = clock;
        this.nodes = zone.nodes();
        children.forEach(this::delegate);
        nodes.keySet().stream().filter(name -> !name.equals(zone.origin()) && has(name, Type.NS)).forEach(cuts::add);
        nodes.keySet().removeIf(this::isOccluded);
        if (zone.isSigned()) {
            addKeys();
        }
        this.chain = DenialChain.of(this, zone);
    }

    private void delegate(SignedZone child) {
        Map<Integer, List<Record>> node = new LinkedHashMap<>();
        node.put(Type.NS, child.nodes().getOrDefault(child.origin(), Map.of()).getOrDefault(Type.NS, List.of()));
        List<Record> delegationSigners = child.delegationSigners();
        if (!delegationSigners.isEmpty()) {
            node.put(Type.DS, delegationSigners);
        }
        nodes.put(child.origin(), node);
    }

    private void addKeys() {
        Map<Integer, List<Record>> apex = nodes.get(zone.origin());
        List<Record> keys = zone.keys().stream().filter(SigningKey::isPublished)
            .map(key -> (Record) key.dnskey(zone.origin(), zone.ttl())).toList();
        if (apex != null && !keys.isEmpty()) {
            apex.put(Type.DNSKEY, keys);
        }
        if (apex != null && zone.denial() instanceof Denial.Nsec3 nsec3) {
            apex.put(Type.NSEC3PARAM, List.of(new NSEC3PARAMRecord(zone.origin(), DClass.IN, 0, NSEC3Record.SHA1_DIGEST_ID, 0,
                nsec3.iterations(), nsec3.saltOctets())));
        }
    }

    /** Tests if a name is below a delegation (glue) or below a DNAME (RFC 6672 §2.4), and so no part of the zone. */
    private boolean isOccluded(Name name) {
        for (int i = Records.labels(name) - 1; i >= Records.labels(zone.origin()); i--) {
            Name above = Records.suffix(name, i);
            if (cuts.contains(above) || has(above, Type.DNAME)) {
                return true;
            }
        }
        return false;
    }

    Name origin() {
        return zone.origin();
    }

    NavigableMap<Name, Map<Integer, List<Record>>> nodes() {
        return nodes;
    }

    boolean isCut(Name name) {
        return cuts.contains(name);
    }

    boolean has(Name name, int type) {
        return nodes.getOrDefault(name, Map.of()).containsKey(type);
    }

    /** The types at a name; empty for an empty non-terminal. */
    Set<Integer> types(Name name) {
        return nodes.getOrDefault(name, Map.of()).keySet();
    }

    /** Tests if the name is in the zone, even as an empty non-terminal. */
    boolean exists(Name name) {
        Name next = nodes.ceilingKey(name);
        return next != null && next.subdomain(name);
    }

    /** The name's nearest ancestor, or itself, that exists. */
    Name closestEncloser(Name name) {
        Name at = name;
        while (!exists(at)) {
            at = new Name(at, 1);
        }
        return at;
    }

    /** The name's nearest proper ancestor at or below the apex that has a DNAME. */
    @Nullable RRset dnameAbove(Name name) {
        for (int i = Records.labels(name) - 1; i >= Records.labels(origin()); i--) {
            RRset dname = rrset(Records.suffix(name, i), Type.DNAME);
            if (dname != null) {
                return dname;
            }
        }
        return null;
    }

    /** Tests if the name is at or below a delegation to a zone that this world does not have. */
    boolean isDelegatedAway(Name name) {
        for (int i = Records.labels(name); i > Records.labels(origin()); i--) {
            if (isCut(Records.suffix(name, i))) {
                return true;
            }
        }
        return false;
    }

    /** An RRset with its signatures, as it is in the zone. */
    @Nullable RRset rrset(Name name, int type) {
        if (type == Type.NSEC) {
            return chain.atName(name);
        }
        List<Record> records = nodes.getOrDefault(name, Map.of()).get(type);
        if (records == null || records.isEmpty()) {
            return null;
        }
        RRset rrset = new RRset(records);
        return type == Type.NS && isCut(name) ? rrset : sign(rrset);
    }

    RRset sign(RRset unsigned) {
        return signer.sign(zone, unsigned, clock.instant());
    }

    DenialChain denial() {
        return chain;
    }

    String masterFile() {
        StringBuilder file = new StringBuilder();
        RRset soa = rrset(origin(), Type.SOA);
        if (soa != null) {
            append(file, soa);
        }
        nodes.forEach((name, types) -> types.keySet().forEach(type -> {
            RRset rrset = rrset(name, type);
            if (type != Type.SOA && rrset != null) {
                append(file, rrset);
            }
        }));
        chain.all().forEach(rrset -> append(file, rrset));
        return file.toString();
    }

    private static void append(StringBuilder file, RRset rrset) {
        Answers.withSignatures(rrset).forEach(record -> file.append(record).append('\n'));
    }
}
