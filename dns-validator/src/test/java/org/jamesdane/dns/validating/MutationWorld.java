/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import org.jamesdane.testing.dns.Denial;
import org.jamesdane.testing.dns.KeyAlgorithm;
import org.jamesdane.testing.dns.Records;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SignedZone;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** Zones to attack, what may ever be said about the names in them, and what the attacker has to hand. */
final class MutationWorld {
    private static final String TLSA = "_25._tcp.mx";

    private final SignedWorld world;
    private final List<Subject> subjects = new ArrayList<>();
    private final int data;

    /**
     * A question.
     *
     * @param clean the verdict without any attack
     * @param insecurity whether Insecure may be the verdict under attack
     */
    record Subject(String name, String type, String clean, Insecurity insecurity) {
    }

    /** Permission to call a name insecure. */
    enum Insecurity {
        /** For names in a signed zone: never, whatever happens. */
        NEVER,
        /** For names in an unsigned zone, or without signed data in a zone with opt-out or with iterations above the limit. */
        POSSIBLE
    }

    MutationWorld() {
        this(2, KeyAlgorithm.RSASHA256);
    }

    /**
     * The zones.
     *
     * @param data what their addresses and digests are made of
     */
    private MutationWorld(int data, KeyAlgorithm algorithm) {
        this.data = data;
        this.world = SignedDns.world().algorithm(algorithm);
        signed("nsec.test", Denial.nsec());
        signed("child.nsec.test", Denial.nsec());
        signed("nsec3.test", Denial.nsec3(1, "5a17"));
        signed("child.nsec3.test", Denial.nsec3(0, ""));
        signed("deep.below.nsec3.test", Denial.nsec());
        signed("split.test", Denial.nsec());
        world.zone("split.test").splitKeys(algorithm);
        signed("signed.optout.test", Denial.nsec());
        for (String zone : List.of("plain.nsec.test", "plain.nsec3.test", "plain.optout.test")) {
            unsigned(zone, zone.contains("optout") ? "OPT_OUT" : "UNSIGNED_DELEGATION");
            world.zone(zone).unsigned();
        }
        unsigned("unsupported.test", "UNSUPPORTED_ALGORITHMS");
        world.zone("unsupported.test").withoutDs().extraDs("4711 200 2 " + "ab".repeat(32));
        optOut();
        manyIterations();
        furnish("evil.test");
        world.zone("evil.optout.test").optOut();
    }

    private SignedZone furnish(String zone) {
        byte[] digest = new byte[32];
        Arrays.fill(digest, (byte) data);
        return world.zone(zone).mx(10, "mx." + zone).a("mx", "127.0.0." + data).a("mx", "127.0.1." + data).tlsa(TLSA, 3, 1, 1, digest)
            .a("*.wild", "127.0.2." + data).tlsa("other.wild", 3, 1, 1, digest).cname("alias", "mx.nsec.test")
            .cname("*.calias", "mx" + data + ".nsec3.test").dname("dname", "d" + data + ".nsec.test").a("deep.ent", "127.0.3." + data);
    }

    private void subject(String name, String type, String clean, Insecurity insecurity) {
        subjects.add(new Subject(name, type, clean, insecurity));
    }

    private void signed(String zone, Denial way) {
        furnish(zone).denial(way);
        owners(zone);
        subject("no." + zone, "A", "nxdomain secure", Insecurity.NEVER);
        subject("_26._tcp.mx." + zone, "TLSA", "nxdomain secure", Insecurity.NEVER);
        subject("x.wild." + zone, "A", "found secure", Insecurity.NEVER);
        subject("x.wild." + zone, "TLSA", "nodata secure", Insecurity.NEVER);
        subject("x.calias." + zone, "TLSA", "alias secure", Insecurity.NEVER);
    }

    /** Questions about names that own signed data, or that lie between the apex and one that does. */
    private void owners(String zone) {
        subject(zone, "MX", "found secure", Insecurity.NEVER);
        subject(zone, "A", "nodata secure", Insecurity.NEVER);
        subject("mx." + zone, "A", "found secure", Insecurity.NEVER);
        subject("mx." + zone, "AAAA", "nodata secure", Insecurity.NEVER);
        subject(TLSA + "." + zone, "TLSA", "found secure", Insecurity.NEVER);
        subject(TLSA + "." + zone, "A", "nodata secure", Insecurity.NEVER);
        subject("other.wild." + zone, "TLSA", "found secure", Insecurity.NEVER);
        subject("other.wild." + zone, "A", "nodata secure", Insecurity.NEVER);
        subject("alias." + zone, "TLSA", "alias secure", Insecurity.NEVER);
        subject("a.dname." + zone, "A", "alias secure", Insecurity.NEVER);
        subject("ent." + zone, "A", "nodata secure", Insecurity.NEVER);
    }

    private void unsigned(String zone, String cause) {
        furnish(zone);
        subject(zone, "MX", "found insecure " + cause, Insecurity.POSSIBLE);
        subject(TLSA + "." + zone, "TLSA", "found insecure " + cause, Insecurity.POSSIBLE);
        subject("no." + zone, "A", "nxdomain insecure " + cause, Insecurity.POSSIBLE);
    }

    private void optOut() {
        furnish("optout.test").optOut();
        owners("optout.test");
        subject("no.optout.test", "A", "nxdomain insecure OPT_OUT", Insecurity.POSSIBLE);
        subject("_26._tcp.mx.optout.test", "TLSA", "nxdomain insecure OPT_OUT", Insecurity.POSSIBLE);
    }

    private void manyIterations() {
        furnish("iterations.test").denial(Denial.nsec3(600, ""));
        subject("mx.iterations.test", "A", "found secure", Insecurity.POSSIBLE);
        subject("mx.iterations.test", "AAAA", "nodata insecure NSEC3_ITERATIONS", Insecurity.POSSIBLE);
    }

    SignedWorld world() {
        return world;
    }

    List<Subject> subjects() {
        return subjects;
    }

    /**
     * The attacker with everything that was ever signed here, and with the same zones signed by other keys. These are not RSA keys,
     * of which zones share a few: one that both had would make the attacker's records genuine.
     */
    Mutator mutator(SignedDns dns) {
        List<List<Record>> sets = new ArrayList<>();
        world.zoneFiles().values().forEach(file -> sets.addAll(sets(file)));
        new MutationWorld(66, KeyAlgorithm.ECDSA_P256).world().zoneFiles().values().forEach(file -> sets.addAll(sets(file)));
        TreeSet<Name> names = new TreeSet<>();
        sets.forEach(set -> names.add(set.get(0).getName()));
        return new Mutator(sets, replies(dns), List.copyOf(names));
    }

    private static List<List<Record>> sets(String file) {
        Map<String, List<Record>> sets = new LinkedHashMap<>();
        for (Record record : Records.parseLines(file)) {
            int type = record instanceof RRSIGRecord signature ? signature.getTypeCovered() : record.getType();
            sets.computeIfAbsent(record.getName() + "/" + type, key -> new ArrayList<>()).add(record);
        }
        return List.copyOf(sets.values());
    }

    private List<Message> replies(SignedDns dns) {
        SimpleResolver client = new SimpleResolver(dns.address());
        client.setEDNS(0, 4096, ExtendedFlags.DO);
        List<Message> replies = new ArrayList<>();
        try {
            for (Subject subject : subjects) {
                for (int type : List.of(Type.value(subject.type()), Type.DS)) {
                    Message query = Message.newQuery(Record.newRecord(Records.name(subject.name()), type, DClass.IN));
                    query.getHeader().setFlag(Flags.CD);
                    replies.add(client.send(query));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return replies;
    }
}
