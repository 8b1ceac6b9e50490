/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.jamesdane.dns.DomainName;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * The trust anchors in force, by zone: digests of keys that are trusted without proof. There is always at least one for the root that can
 * be used, so that every name is below one.
 */
public final class TrustAnchors {
    /**
     * Both key-signing keys of the root (IANA root-anchors.xml; RFC 7958): the one of 2017 and its successor, as long as the
     * roll-over lasts. A revoked one must never be listed here.
     */
    private static final List<String> ROOT = List.of(
        ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
        ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16");

    /** Far more than the keys of any roll-over; a longer list is some other file. */
    private static final int MAX_ANCHORS = 200;
    /** Most characters of a wrong line that a message repeats. */
    private static final int SHOWN_CHARACTERS = 100;
    /** A key that signs zone data (RFC 4034 §2.1.1). */
    private static final int ZONE_KEY = 0x100;
    /** A key withdrawn by its owner (RFC 5011 §3). */
    private static final int REVOKED = 0x80;

    private final List<TrustAnchor> anchors;
    /** Zones whose anchors are all revoked; nothing is known of what is below them. */
    private final Set<DomainName> lost;

    private TrustAnchors(List<TrustAnchor> anchors, Set<DomainName> lost) {
        this.anchors = List.copyOf(anchors);
        this.lost = Set.copyOf(lost);
    }

    /**
     * Anchors that are in force, among those that were given and learned.
     *
     * @param lost the zones that have had anchors and have none that can be used any more
     */
    static TrustAnchors inForce(List<TrustAnchor> anchors, Set<DomainName> lost) {
        return new TrustAnchors(List.copyOf(new LinkedHashSet<>(anchors)), lost);
    }

    /** Tests whether all anchors of a zone were revoked, so that no question below it can be answered. */
    boolean isLost(DomainName zone) {
        return lost.contains(zone);
    }

    /** The root's key-signing keys that this release knows. */
    public static TrustAnchors builtIn() {
        return parse(ROOT);
    }

    /**
     * Reads DS or DNSKEY records in presentation form, one per line. Empty lines and comments (from a semicolon to the end of the line) are
     * skipped.
     *
     * @throws IllegalArgumentException with a sentence that names the line and what is wrong with it, or says that no usable
     *     anchor for the root is among them
     */
    public static TrustAnchors parse(List<String> lines) {
        Set<TrustAnchor> anchors = new LinkedHashSet<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = withoutComment(lines.get(i)).strip();
            if (!line.isEmpty()) {
                anchors.add(parseLine(line, i + 1));
            }
        }
        if (anchors.isEmpty()) {
            throw new IllegalArgumentException("There is no trust anchor: at least one DS record for the root is needed");
        }
        if (anchors.size() > MAX_ANCHORS) {
            throw new IllegalArgumentException("There are " + anchors.size() + " trust anchors, at most " + MAX_ANCHORS + " are allowed");
        }
        TrustAnchors result = new TrustAnchors(new ArrayList<>(anchors), Set.of());
        result.requireUsable(DomainName.ROOT, "the root");
        result.all().stream().map(TrustAnchor::zone).distinct().forEach(zone -> result.requireUsable(zone, zone.toString()));
        return result;
    }

    /** Reads one anchor as {@link TrustAnchor#toString} writes it. */
    static TrustAnchor parseAnchor(String line) {
        return parseLine(line, 1);
    }

    /** A zone none of whose anchors can be used would make every name in it bogus. */
    private void requireUsable(DomainName zone, String shown) {
        List<TrustAnchor> ofZone = of(zone);
        if (ofZone.stream().noneMatch(TrustAnchors::isUsable)) {
            String found = ofZone.stream().map(anchor -> "algorithm " + anchor.algorithm() + " with digest type " + anchor.digestType())
                .distinct().collect(Collectors.joining(", "));
            throw new IllegalArgumentException("No trust anchor is for " + shown + " with a supported algorithm and digest type"
                + (found.isEmpty() ? "" : " (there is " + found + ")") + ": a line like \"" + zone
                + " IN DS <key tag> 8 2 <digest>\" is needed");
        }
    }

    private static String withoutComment(String line) {
        int comment = line.indexOf(';');
        return comment < 0 ? line : line.substring(0, comment);
    }

    private static TrustAnchor parseLine(String line, int number) {
        String[] fields = line.split("\\s+");
        int type = 1;
        while (type < fields.length && isTtlOrClass(fields[type])) {
            type++;
        }
        if (type + 1 >= fields.length) {
            throw invalid(line, number, "a name, the word DS or DNSKEY and the record's data are expected");
        }
        DomainName zone;
        try {
            zone = DomainName.of(fields[0]);
        } catch (IllegalArgumentException e) {
            throw invalid(line, number, "the name before the type is no domain name");
        }
        String data = String.join(" ", List.of(fields).subList(type + 1, fields.length));
        return switch (fields[type].toUpperCase(Locale.ROOT)) {
            case "DS" -> fromDs((DSRecord) record(zone, Type.DS, data, line, number), zone);
            case "DNSKEY" -> fromKey((DNSKEYRecord) record(zone, Type.DNSKEY, data, line, number), zone, line, number);
            default -> throw invalid(line, number, "\"" + fields[type] + "\" is neither DS nor DNSKEY");
        };
    }

    private static boolean isTtlOrClass(String field) {
        return field.equalsIgnoreCase("IN") || field.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static Record record(DomainName zone, int type, String data, String line, int number) {
        try {
            return Record.fromString(WireNames.toWire(zone), type, DClass.IN, 0, data, Name.root);
        } catch (IOException | IllegalArgumentException e) {
            throw invalid(line, number, "the record's data cannot be read (" + e.getMessage() + ")");
        }
    }

    private static TrustAnchor fromDs(DSRecord ds, DomainName zone) {
        return new TrustAnchor(zone, ds.getFootprint(), ds.getAlgorithm(), ds.getDigestID(), HexFormat.of().formatHex(ds.getDigest()));
    }

    private static TrustAnchor fromKey(DNSKEYRecord key, DomainName zone, String line, int number) {
        if ((key.getFlags() & ZONE_KEY) == 0) {
            throw invalid(line, number, "the key is no zone key (flag 256)");
        }
        if ((key.getFlags() & REVOKED) != 0) {
            throw invalid(line, number, "the key is revoked (flag 128)");
        }
        return fromDs(new DSRecord(key.getName(), DClass.IN, 0, DNSSEC.Digest.SHA256, key), zone);
    }

    private static IllegalArgumentException invalid(String line, int number, String why) {
        String shown = line.length() <= SHOWN_CHARACTERS ? line : line.substring(0, SHOWN_CHARACTERS) + "…";
        return new IllegalArgumentException("Line " + number + " of the trust anchors, \"" + shown.replaceAll("\\p{Cntrl}", "?")
            + "\", is not valid: " + why);
    }

    /** Tests whether a chain can start here: the supported set is fixed when this software starts. */
    static boolean isUsable(TrustAnchor anchor) {
        return DnssecAlgorithms.isSupported(anchor.algorithm()) && DnssecAlgorithms.digestLength(anchor.digestType()) > 0;
    }

    /** All anchors in the order they were given. */
    public List<TrustAnchor> all() {
        return anchors;
    }

    /** The anchors of one zone. */
    public List<TrustAnchor> of(DomainName zone) {
        return anchors.stream().filter(anchor -> anchor.zone().equals(zone)).toList();
    }

    /** The zones at or above a name that have or had an anchor, the deepest first; the root is always the last. */
    List<DomainName> zonesAbove(DomainName name) {
        List<DomainName> zones = new ArrayList<>();
        for (Optional<DomainName> zone = Optional.of(name); zone.isPresent(); zone = zone.get().parent()) {
            if (isLost(zone.get()) || !of(zone.get()).isEmpty()) {
                zones.add(zone.get());
            }
        }
        return zones;
    }

    /** The deepest zone at or above a name that has or had an anchor; the root if no other has. */
    public DomainName closestZone(DomainName name) {
        return zonesAbove(name).get(0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TrustAnchors that && anchors.equals(that.anchors) && lost.equals(that.lost);
    }

    @Override
    public int hashCode() {
        return Objects.hash(anchors, lost);
    }

    /** Text with a line for each anchor. */
    @Override
    public String toString() {
        return String.join("\n", anchors.stream().map(TrustAnchor::toString).toList());
    }
}
