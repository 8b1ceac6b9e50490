/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * A zone of a {@link SignedWorld}: its records and the way it is signed. Every method can be called at any time, also while servers
 * run: the next answer is as if the zone had been signed anew.
 *
 * <p>Owner names are relative to the zone unless they end in a dot; {@code @} is the apex. Names in the data (targets of MX,
 * CNAME, DNAME) are absolute, with or without a final dot. Record types are mnemonics, {@code "TLSA"} for example.
 */
public final class SignedZone {
    private static final long DEFAULT_TTL = 300;
    private static final Duration DEFAULT_AGE = Duration.ofHours(1);
    private static final Duration DEFAULT_VALIDITY = Duration.ofDays(14);

    private final SignedWorld world;
    private final Name origin;
    private final NavigableMap<Name, Map<Integer, List<Record>>> nodes = new TreeMap<>();
    private final Map<String, Signatures> signatures = new HashMap<>();
    private final List<Record> extraDs = new ArrayList<>();
    private List<SigningKey> keys = List.of();
    private List<Integer> dsDigests = List.of(DNSSEC.Digest.SHA256);
    private boolean signed = true;
    private boolean linked = true;
    private Denial denial = Denial.nsec();
    private long ttl = DEFAULT_TTL;
    private Duration age = DEFAULT_AGE;
    private Duration validity = DEFAULT_VALIDITY;

    SignedZone(SignedWorld world, Name origin) {
        this.world = world;
        this.origin = origin;
        add(Records.parse(origin, ttl, "@ SOA ns hostmaster 1 3600 600 86400 300", "@ NS ns", "ns A 127.0.0.1"));
    }

    /** Another zone of the same world, made if it is new. */
    public SignedZone zone(String name) {
        return world.zone(name);
    }

    /** The world this zone is part of. */
    public SignedWorld world() {
        return world;
    }

    /** Starts a server for the whole world, see {@link SignedWorld#start()}. */
    public SignedDns start() {
        return world.start();
    }

    /** Adds an MX record at the apex. */
    public SignedZone mx(int preference, String exchange) {
        return mx("@", preference, exchange);
    }

    /** Adds an MX record. */
    public SignedZone mx(String owner, int preference, String exchange) {
        return record(owner, "MX", preference + " " + absolute(exchange));
    }

    /** Adds an IPv4 address. */
    public SignedZone a(String owner, String address) {
        return record(owner, "A", address);
    }

    /** Adds an IPv6 address. */
    public SignedZone aaaa(String owner, String address) {
        return record(owner, "AAAA", address);
    }

    /** Adds an alias. */
    public SignedZone cname(String owner, String target) {
        return record(owner, "CNAME", absolute(target));
    }

    /** Adds an alias of all names below the owner. */
    public SignedZone dname(String owner, String target) {
        return record(owner, "DNAME", absolute(target));
    }

    /** Adds a text of at most 255 characters. */
    public SignedZone txt(String owner, String text) {
        return record(owner, "TXT", "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
    }

    /** Adds a TLSA record; all its fields as they shall be, right or wrong. */
    public SignedZone tlsa(String owner, int usage, int selector, int matchingType, byte[] data) {
        return record(owner, "TLSA", usage + " " + selector + " " + matchingType + " " + HexFormat.of().formatHex(data));
    }

    /** Adds a delegation to name servers that are not in this world: questions below end in SERVFAIL. */
    public SignedZone delegation(String owner, String nameServer) {
        return record(owner, "NS", absolute(nameServer));
    }

    /** Adds a record of any type, its data in presentation form (RFC 3597 for unknown types). */
    public SignedZone record(String owner, String type, String data) {
        return records(owner + " " + type + " " + data);
    }

    /** Adds lines of a zone file. Names in them that do not end in a dot are relative to the zone, data included. */
    public SignedZone records(String... lines) {
        synchronized (world) {
            add(Records.parse(origin, ttl, lines));
            return changed();
        }
    }

    /** Removes all records of a type at a name. */
    public SignedZone remove(String owner, String type) {
        synchronized (world) {
            Name name = Records.name(owner, origin);
            Map<Integer, List<Record>> node = nodes.get(name);
            if (node == null || node.remove(Records.type(type)) == null) {
                throw new IllegalArgumentException("There is no " + type + " record at " + name + " to remove");
            }
            if (node.isEmpty()) {
                nodes.remove(name);
            }
            return changed();
        }
    }

    /** Puts TLSA records in the place of those that are there: one step of a certificate roll-over. */
    public SignedZone replaceTlsa(String owner, int usage, int selector, int matchingType, byte[] data) {
        synchronized (world) {
            return remove(owner, "TLSA").tlsa(owner, usage, selector, matchingType, data);
        }
    }

    /** Not signed, and so without DS in the parent. */
    public SignedZone unsigned() {
        synchronized (world) {
            signed = false;
            return changed();
        }
    }

    /** Signed, but without DS in the parent: an island of security (RFC 4033 §2). */
    public SignedZone withoutDs() {
        synchronized (world) {
            linked = false;
            return changed();
        }
    }

    /** Adds a DS record for this zone to the parent; the data in presentation form. */
    public SignedZone extraDs(String data) {
        synchronized (world) {
            extraDs.addAll(Records.parse(origin, ttl, "@ DS " + data));
            return changed();
        }
    }

    /** The parent has only a DS that fits no key of the zone. */
    public SignedZone wrongDs() {
        return withoutDs().extraDs("12345 " + KeyAlgorithm.ECDSA_P256.number() + " 2 " + "ab".repeat(32));
    }

    /** The digest types of the DS records in the parent: 1, 2, 4 (default: 2 alone). */
    public SignedZone dsDigests(Integer... types) {
        synchronized (world) {
            dsDigests = List.of(types);
            return changed();
        }
    }

    /** Signed with one fresh combined key of each of these algorithms. */
    public SignedZone algorithm(KeyAlgorithm... algorithms) {
        return keys(Arrays.stream(algorithms).map(SigningKey::combined).toArray(SigningKey[]::new));
    }

    /** Signed with a fresh key-signing and a fresh zone-signing key. */
    public SignedZone splitKeys(KeyAlgorithm algorithm) {
        return keys(SigningKey.keySigning(algorithm), SigningKey.zoneSigning(algorithm));
    }

    /** Signed with exactly these keys. */
    public SignedZone keys(SigningKey... exactly) {
        synchronized (world) {
            keys = List.of(exactly);
            return changed();
        }
    }

    /** The zone's keys. */
    public List<SigningKey> keys() {
        synchronized (world) {
            if (keys.isEmpty()) {
                keys = List.of(SigningKey.combined(world.defaultAlgorithm()));
            }
            return keys;
        }
    }

    /** Denies with NSEC3 as RFC 9276 asks: no additional iterations, no salt, no opt-out. */
    public SignedZone nsec3() {
        return denial(Denial.nsec3(0, ""));
    }

    /** Denies with NSEC3 and opt-out: insecure delegations are left out of the chain (RFC 5155 §6). */
    public SignedZone optOut() {
        return denial(Denial.nsec3(0, "").withOptOut());
    }

    /** Sets how the zone denies existence; NSEC by default. */
    public SignedZone denial(Denial way) {
        synchronized (world) {
            denial = way;
            return changed();
        }
    }

    /** TTL in seconds of records added from now on, and of keys and denials. Default 300. */
    public SignedZone ttl(long seconds) {
        synchronized (world) {
            ttl = seconds;
            return changed();
        }
    }

    /** Signatures made from now on begin {@code before} now and end {@code after} now. Defaults: 1 hour, 14 days. */
    public SignedZone validity(Duration before, Duration after) {
        synchronized (world) {
            age = before;
            validity = after;
            return resign();
        }
    }

    /** Sets the state of all signatures of the zone; settings for a type or an RRset come first. */
    public SignedZone signatures(Signatures all) {
        return signatures("", all);
    }

    /** Sets the state of the signatures over all RRsets of a type (NSEC and NSEC3 too). */
    public SignedZone typeSignatures(String type, Signatures these) {
        return signatures(String.valueOf(Records.type(type)), these);
    }

    /** Sets the state of the signatures over one RRset. */
    public SignedZone signatures(String owner, String type, Signatures these) {
        return signatures(key(Records.name(owner, origin), Records.type(type)), these);
    }

    private SignedZone signatures(String key, Signatures these) {
        synchronized (world) {
            signatures.put(key, these);
            return changed();
        }
    }

    /** Signs everything anew, at the time it is now. */
    public SignedZone resign() {
        synchronized (world) {
            world.signer().forget(origin);
            return changed();
        }
    }

    private SignedZone changed() {
        world.changed();
        return this;
    }

    private void add(List<Record> records) {
        for (Record record : records) {
            if (!record.getName().subdomain(origin)) {
                throw new IllegalArgumentException(record.getName() + " is not in the zone " + origin);
            }
            if (record.getDClass() != DClass.IN) {
                throw new IllegalArgumentException("Only records of class IN are served, not " + record);
            }
            List<Record> rrset = nodes.computeIfAbsent(record.getName(), n -> new LinkedHashMap<>())
                .computeIfAbsent(record.getType(), t -> new ArrayList<>());
            if (record.getType() == Type.SOA || record.getType() == Type.CNAME) {
                rrset.clear();
            }
            rrset.add(record);
        }
    }

    private static String absolute(String name) {
        return Records.name(name).toString();
    }

    private static String key(Name owner, int type) {
        return owner.canonicalize() + "/" + type;
    }

    Name origin() {
        return origin;
    }

    boolean isSigned() {
        return signed;
    }

    Denial denial() {
        return denial;
    }

    long ttl() {
        return ttl;
    }

    Duration age() {
        return age;
    }

    Duration validity() {
        return validity;
    }

    Signatures signaturesOver(Name owner, int type) {
        Signatures all = signatures.getOrDefault("", Signatures.VALID);
        Signatures ofType = signatures.getOrDefault(String.valueOf(type), all);
        return signatures.getOrDefault(key(owner, type), ofType);
    }

    /** The DS records that the parent has for this zone. */
    List<Record> delegationSigners() {
        List<Record> records = new ArrayList<>();
        if (signed && linked) {
            keys().stream().filter(SigningKey::isInParent)
                .forEach(key -> dsDigests.forEach(digest -> records.add(key.ds(origin, ttl, digest))));
        }
        records.addAll(extraDs);
        return records;
    }

    /** A copy of the records as they are now. */
    NavigableMap<Name, Map<Integer, List<Record>>> nodes() {
        NavigableMap<Name, Map<Integer, List<Record>>> copy = new TreeMap<>();
        nodes.forEach((name, types) -> {
            Map<Integer, List<Record>> node = new LinkedHashMap<>();
            types.forEach((type, records) -> node.put(type, List.copyOf(records)));
            copy.put(name, node);
        });
        return copy;
    }
}
