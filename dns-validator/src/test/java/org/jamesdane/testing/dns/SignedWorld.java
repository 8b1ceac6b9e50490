/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import java.net.InetAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/**
 * A DNS of its own: a tree of zones with keys made when they are first needed. The root, and the top-level domain of any zone
 * that is asked for, are there without being named. Several servers can be started on one world.
 */
public final class SignedWorld {
    private final NavigableMap<Name, SignedZone> zones = new TreeMap<>();
    private final Map<Name, ZoneView> views = new HashMap<>();
    private final ZoneSigner signer = new ZoneSigner();
    private InstantSource clock = InstantSource.system();
    private KeyAlgorithm defaultAlgorithm = KeyAlgorithm.ECDSA_P256;

    SignedWorld() {
        zone(".");
    }

    /** The time by which signatures are made. Default: the system's. */
    public SignedWorld clock(InstantSource other) {
        synchronized (this) {
            clock = other;
            return this;
        }
    }

    /** The algorithm of zones that name none. Default: {@link KeyAlgorithm#ECDSA_P256}. */
    public SignedWorld algorithm(KeyAlgorithm algorithm) {
        synchronized (this) {
            defaultAlgorithm = algorithm;
            return this;
        }
    }

    /**
     * The zone of that name. A new one is signed, and delegated with a DS record from the nearest zone above it; it has an SOA, an
     * NS record and nothing else.
     */
    public SignedZone zone(String name) {
        synchronized (this) {
            Name origin = Records.name(name);
            if (Records.labels(origin) > 1) {
                zone(Records.suffix(origin, 1).toString());
            }
            SignedZone zone = zones.get(origin);
            if (zone == null) {
                zone = new SignedZone(this, origin);
                zones.put(origin, zone);
                changed();
            }
            return zone;
        }
    }

    /** The names of all zones, in canonical order, with a final dot. */
    public List<String> zones() {
        synchronized (this) {
            return zones.keySet().stream().map(Name::toString).toList();
        }
    }

    /** Serves this world on 127.0.0.1 and a free port. */
    public SignedDns start() {
        return start(InetAddress.getLoopbackAddress(), 0);
    }

    /** Serves this world on an address of this host, and a port; 0 is a free one. */
    public SignedDns start(InetAddress address, int port) {
        return new SignedDns(this, address, port);
    }

    /** The DS records of the root's keys, in presentation form. */
    public List<String> trustAnchors() {
        synchronized (this) {
            return zone(".").delegationSigners().stream().map(Record::toString).toList();
        }
    }

    /**
     * A signed RRset as the zone has it: the records and their RRSIGs.
     *
     * @throws IllegalArgumentException if the zone has no such RRset
     */
    public List<Record> signed(String zone, String owner, String type) {
        synchronized (this) {
            SignedZone of = zone(zone);
            Name name = Records.name(owner, of.origin());
            ZoneView view = view(of);
            var rrset = view.rrset(name, Records.type(type));
            if (rrset == null) {
                throw new IllegalArgumentException("The zone " + of.origin() + " has no " + type + " record at " + name);
            }
            return Answers.withSignatures(rrset);
        }
    }

    /**
     * The authority section with which the zone denies the records, or the name if it does not exist: SOA, NSEC or NSEC3, and
     * RRSIGs. The zone need not be the one a resolver would ask, so that it can be a wrong denial.
     */
    public List<Record> denial(String zone, String name, String type) {
        synchronized (this) {
            SignedZone of = zone(zone);
            Answers.Builder builder = new Answers.Builder();
            builder.deny(of, view(of), Records.name(name));
            List<Record> records = new ArrayList<>();
            builder.authority().forEach(rrset -> records.addAll(Answers.withSignatures(rrset)));
            return records;
        }
    }

    /** Every zone as a signed master file, keyed by name, for other name servers. */
    public Map<String, String> zoneFiles() {
        synchronized (this) {
            Map<String, String> files = new TreeMap<>();
            zones.values().forEach(zone -> files.put(zone.origin().toString(), view(zone).masterFile()));
            return files;
        }
    }

    KeyAlgorithm defaultAlgorithm() {
        return defaultAlgorithm;
    }

    InstantSource clock() {
        return clock;
    }

    ZoneSigner signer() {
        return signer;
    }

    void changed() {
        views.clear();
    }

    /** The zone of a name; for DS, the one above it (RFC 4035 §3.1.4.1). */
    SignedZone zoneOf(Name name, boolean fromParent) {
        Name at = name;
        boolean skip = fromParent;
        while (true) {
            SignedZone zone = skip && !at.equals(Name.root) ? null : zones.get(at);
            if (zone != null) {
                return zone;
            }
            skip = false;
            at = new Name(at, 1);
        }
    }

    @Nullable SignedZone parentOf(SignedZone zone) {
        return zone.origin().equals(Name.root) ? null : zoneOf(zone.origin(), true);
    }

    ZoneView view(SignedZone zone) {
        ZoneView view = views.get(zone.origin());
        if (view == null) {
            List<SignedZone> children = zones.values().stream().filter(child -> zone.equals(parentOf(child))).toList();
            view = new ZoneView(zone, children, signer, clock);
            views.put(zone.origin(), view);
        }
        return view;
    }
}
