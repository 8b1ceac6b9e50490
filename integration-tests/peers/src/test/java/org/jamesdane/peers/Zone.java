/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.util.ArrayList;
import java.util.List;

import org.jamesdane.testing.pki.Association;

/**
 * Data that a name server serves for one zone. Owners are relative to it ({@code @} is its apex), targets absolute without the final dot.
 */
final class Zone {
    private static final int TTL = 300;

    /** Form of a zone's delegation in the tree. */
    enum Delegation {
        /** Signed, and its parent says so. */
        SECURE,
        /** The parent proves that it is not signed; it is not. */
        UNSIGNED,
        /** Signed, but with another key than its parent names. */
        WRONG_DS,
        /** Signed, but the signatures are over. */
        EXPIRED,
        /** Delegated to a server that does not have it. */
        LAME
    }

    private final String name;
    private final List<String> lines = new ArrayList<>();
    private Delegation delegation = Delegation.SECURE;
    private boolean optOut;

    Zone(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    Delegation delegation() {
        return delegation;
    }

    boolean optsOut() {
        return optOut;
    }

    Zone delegated(Delegation how) {
        delegation = how;
        return this;
    }

    /** Makes NSEC3 records that span unsigned delegations without denying them (RFC 5155 §6). */
    Zone optOut() {
        optOut = true;
        return this;
    }

    Zone mx(int preference, String host) {
        return record("@", "MX", preference + " " + dotted(host));
    }

    Zone address(String owner, String address) {
        return record(owner, address.contains(":") ? "AAAA" : "A", address);
    }

    Zone tlsa(String owner, Association association) {
        return record(owner, "TLSA", association.toString());
    }

    Zone cname(String owner, String target) {
        return record(owner, "CNAME", dotted(target));
    }

    Zone record(String owner, String type, String data) {
        lines.add(owner + " " + TTL + " " + type + " " + data);
        return this;
    }

    /** The questions that have an answer here; a wildcard is asked for by a name below it. */
    List<Question> questions() {
        return lines.stream().map(line -> line.split(" ")).filter(line -> List.of("MX", "A", "AAAA", "TLSA", "CNAME").contains(line[2]))
            .map(line -> new Question(absolute(line[0].replace("*", "anything")), line[2])).distinct().toList();
    }

    /** The zone file, for a server at an address. */
    String text(String server) {
        String self = name.isEmpty() ? "" : name + ".";
        return "@ " + TTL + " SOA ns." + self + " hostmaster." + self + " 1 3600 600 86400 " + TTL + "\n"
            + "@ " + TTL + " NS ns." + self + "\n"
            + "ns " + TTL + " A " + server + "\n"
            + String.join("\n", lines) + "\n";
    }

    /** Number of labels in the zone's name; the root has none. */
    int depth() {
        return name.isEmpty() ? 0 : name.split("\\.").length;
    }

    /** Tests if another zone's apex lies below this one's. */
    boolean encloses(Zone other) {
        return !other.name.equals(name) && (name.isEmpty() || other.name.endsWith("." + name));
    }

    private String absolute(String owner) {
        return owner.equals("@") ? name : owner + "." + name;
    }

    private static String dotted(String target) {
        return target.equals(".") ? target : target + ".";
    }
}
