/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSEC3Record;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Type;
import org.xbill.DNS.utils.base32;

/** Denial by NSEC3 (RFC 5155 §7). */
final class Nsec3Chain implements DenialChain {
    private static final base32 BASE32HEX = new base32(base32.Alphabet.BASE32HEX, false, true);

    private final ZoneView view;
    private final Denial.Nsec3 parameters;
    private final TreeMap<Name, NSEC3Record> chain = new TreeMap<>();

    Nsec3Chain(ZoneView view, long ttl, Denial.Nsec3 parameters) {
        this.view = view;
        this.parameters = parameters;
        TreeMap<Name, Name> originals = new TreeMap<>();
        names().forEach(name -> originals.put(owner(hash(name)), name));
        originals.forEach((owner, original) -> {
            Map.Entry<Name, Name> next = originals.higherEntry(owner);
            chain.put(owner, new NSEC3Record(owner, DClass.IN, ttl, NSEC3Record.SHA1_DIGEST_ID,
                parameters.optOut() ? NSEC3Record.Flags.OPT_OUT : 0, parameters.iterations(), parameters.saltOctets(),
                hash((next == null ? originals.firstEntry() : next).getValue()), types(original)));
        });
    }

    /** The original names that get an NSEC3 record, empty non-terminals included (RFC 5155 §7.1). */
    private Set<Name> names() {
        Set<Name> names = new TreeSet<>();
        for (Name name : view.nodes().keySet()) {
            boolean insecureDelegation = view.isCut(name) && !view.has(name, Type.DS);
            if (!(parameters.optOut() && insecureDelegation)) {
                for (int i = Records.labels(name); i >= Records.labels(view.origin()); i--) {
                    names.add(Records.suffix(name, i));
                }
            }
        }
        return names;
    }

    private int[] types(Name name) {
        TreeSet<Integer> types = new TreeSet<>(view.types(name));
        boolean somethingSigned = !types.isEmpty() && !(view.isCut(name) && !types.contains(Type.DS));
        if (somethingSigned) {
            types.add(Type.RRSIG);
        }
        return types.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public List<RRset> noData(Name name) {
        NSEC3Record match = match(name);
        // RFC 5155 §7.2.4: an opted-out delegation has no NSEC3 of its own.
        return match == null ? signed(closestEncloserProof(name)) : signed(List.of(match));
    }

    @Override
    public List<RRset> nameError(Name name, Name closestEncloser) {
        List<NSEC3Record> proof = closestEncloserProof(name);
        proof.add(cover(Records.name("*", closestProvableEncloser(name))));
        return signed(proof);
    }

    @Override
    public List<RRset> expansion(Name name, Name closestEncloser) {
        return signed(List.of(cover(Records.suffix(name, Records.labels(closestEncloser) + 1))));
    }

    @Override
    public List<RRset> wildcardNoData(Name name, Name closestEncloser) {
        List<NSEC3Record> proof = closestEncloserProof(name);
        NSEC3Record wildcard = match(Records.name("*", closestEncloser));
        if (wildcard != null) {
            proof.add(wildcard);
        }
        return signed(proof);
    }

    @Override
    public @Nullable RRset atName(Name name) {
        return null;
    }

    @Override
    public List<RRset> all() {
        return signed(List.copyOf(chain.values()));
    }

    private Name closestProvableEncloser(Name name) {
        Name at = name;
        while (match(at) == null) {
            at = new Name(at, 1);
        }
        return at;
    }

    /** RFC 5155 §7.2.1. */
    private List<NSEC3Record> closestEncloserProof(Name name) {
        Name encloser = closestProvableEncloser(name);
        List<NSEC3Record> proof = new ArrayList<>();
        NSEC3Record match = match(encloser);
        if (match != null) {
            proof.add(match);
        }
        proof.add(cover(Records.suffix(name, Records.labels(encloser) + 1)));
        return proof;
    }

    private @Nullable NSEC3Record match(Name name) {
        return chain.get(owner(hash(name)));
    }

    private NSEC3Record cover(Name name) {
        Map.Entry<Name, NSEC3Record> entry = chain.floorEntry(owner(hash(name)));
        return (entry == null ? chain.lastEntry() : entry).getValue();
    }

    private List<RRset> signed(List<NSEC3Record> records) {
        Map<Name, RRset> distinct = new LinkedHashMap<>();
        for (NSEC3Record record : records) {
            distinct.computeIfAbsent(record.getName(), name -> view.sign(new RRset(record)));
        }
        return List.copyOf(distinct.values());
    }

    private Name owner(byte[] hash) {
        return Records.name(BASE32HEX.toString(hash), view.origin());
    }

    /** RFC 5155 §5. */
    private byte[] hash(Name name) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] digest = name.toWireCanonical();
            for (int i = 0; i <= parameters.iterations(); i++) {
                sha1.update(digest);
                sha1.update(parameters.saltOctets());
                digest = sha1.digest();
            }
            return digest;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java runtime has no SHA-1", e);
        }
    }
}
