/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;

/**
 * All zones from the root down, each on a real name server that signs it with keys of its own: those below {@code test} on NSD, all
 * others on Knot. A parent learns the keys of its children from what these serve, as by hand.
 */
final class DnsTree implements AutoCloseable {
    private static final String NSD_TREE = "test";
    private static final String NSD_ADDRESS = "127.53.2.1";
    private static final int TTL = 300;

    private final List<AutoCloseable> servers = new ArrayList<>();
    private final List<DSRecord> anchors;
    private final List<Zone> zones;

    /**
     * Signs and serves everything.
     *
     * @param zones in any order; without the root
     */
    DnsTree(List<Zone> zones) {
        this.zones = List.copyOf(zones);
        Zone root = new Zone("");
        List<Zone> all = new ArrayList<>(zones);
        all.add(root);
        Nsd nsd = new Nsd(NSD_ADDRESS);
        servers.add(nsd);
        Map<Integer, List<Zone>> deepestFirst = new TreeMap<>(Comparator.reverseOrder());
        all.forEach(zone -> deepestFirst.computeIfAbsent(zone.depth(), depth -> new ArrayList<>()).add(zone));
        List<DSRecord> ofRoot = List.of();
        for (Map.Entry<Integer, List<Zone>> level : deepestFirst.entrySet()) {
            String address = "127.53.1." + (level.getKey() + 1);
            List<Zone> ofKnot = new ArrayList<>();
            for (Zone zone : level.getValue()) {
                if (zone.delegation() == Zone.Delegation.LAME) {
                    // NSD is asked for a zone that it has not, and refuses.
                    delegate(zone, all, NSD_ADDRESS, List.of());
                } else if (zone.name().equals(NSD_TREE) || zone.name().endsWith("." + NSD_TREE)) {
                    delegate(zone, all, NSD_ADDRESS, nsd.add(zone));
                } else {
                    ofKnot.add(zone);
                }
            }
            if (!ofKnot.isEmpty()) {
                Knot knot = new Knot(address, ofKnot);
                servers.add(knot);
                for (Zone zone : ofKnot) {
                    List<DNSKEYRecord> keys = zone.delegation() == Zone.Delegation.UNSIGNED ? List.of() : knot.keys(zone);
                    if (zone == root) {
                        ofRoot = digests(zone, keys);
                    } else {
                        delegate(zone, all, address, keys);
                    }
                }
            }
        }
        anchors = ofRoot;
        nsd.start();
    }

    /** The root's address. */
    String root() {
        return "127.53.1.1";
    }

    /** Trust anchors for a validator, in presentation form. */
    List<String> trustAnchors() {
        return anchors.stream().map(DSRecord::toString).toList();
    }

    /** All zones but the root. */
    List<Zone> zones() {
        return zones;
    }

    private static void delegate(Zone child, List<Zone> all, String address, List<DNSKEYRecord> keys) {
        Zone parent = all.stream().filter(zone -> zone.encloses(child)).max(Comparator.comparingInt(Zone::depth)).orElseThrow();
        String relative = parent.name().isEmpty() ? child.name()
            : child.name().substring(0, child.name().length() - parent.name().length() - 1);
        parent.record(relative, "NS", "ns." + child.name() + ".").record("ns." + relative, "A", address);
        for (DSRecord digest : digests(child, keys)) {
            parent.record(relative, "DS", digest.rdataToString());
        }
    }

    private static List<DSRecord> digests(Zone zone, List<DNSKEYRecord> keys) {
        List<DSRecord> digests = new ArrayList<>();
        for (DNSKEYRecord key : keys) {
            if ((key.getFlags() & DNSKEYRecord.Flags.SEP_KEY) != 0) {
                DSRecord right = new DSRecord(name(zone), DClass.IN, TTL, DNSSEC.Digest.SHA256, key);
                byte[] digest = right.getDigest().clone();
                if (zone.delegation() == Zone.Delegation.WRONG_DS) {
                    digest[0] ^= 1;
                }
                digests.add(new DSRecord(name(zone), DClass.IN, TTL, right.getFootprint(), right.getAlgorithm(), right.getDigestID(),
                    digest));
            }
        }
        return digests;
    }

    static Name name(Zone zone) {
        try {
            return Name.fromString(zone.name() + ".");
        } catch (TextParseException e) {
            throw new IllegalArgumentException(zone.name() + " is no domain name", e);
        }
    }

    @Override
    public void close() {
        Closing.all(servers);
    }
}
