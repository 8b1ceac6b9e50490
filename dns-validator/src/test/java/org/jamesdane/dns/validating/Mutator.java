/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;

import org.jamesdane.testing.dns.Records;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSEC3Record;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Changes replies as an attacker would who has seen every signed record there is, holds the keys of some zones of their own, and
 * has no plan. What it does depends on the random source alone.
 */
final class Mutator {
    private static final List<Integer> SECTIONS = List.of(Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL);
    private static final List<Integer> TYPES = List.of(Type.A, Type.AAAA, Type.MX, Type.TLSA, Type.CNAME, Type.DNAME, Type.NS, Type.DS,
        Type.SOA, Type.NSEC, Type.NSEC3, Type.DNSKEY, Type.RRSIG, Type.TXT);
    private static final List<Integer> CODES = List.of(Rcode.NOERROR, Rcode.NXDOMAIN, Rcode.NXDOMAIN, Rcode.SERVFAIL, Rcode.REFUSED,
        Rcode.YXDOMAIN, Rcode.FORMERR);
    private static final int SIGNER_AT = 18;

    private final List<List<Record>> sets;
    private final List<Message> replies;
    private final List<Name> names;
    private final List<Record> starts;
    private final List<List<Record>> denials;
    private final Map<Integer, List<List<Record>>> byType;

    /**
     * Makes an attacker with these sets, replies and names at hand.
     *
     * @param sets RRsets with their signatures, genuine and the attacker's own
     * @param replies genuine replies to other questions
     * @param names owners and zones
     */
    Mutator(List<List<Record>> sets, List<Message> replies, List<Name> names) {
        this.sets = sets;
        this.replies = replies;
        this.names = names;
        this.starts = sets.stream().flatMap(List::stream).filter(record -> record.getType() == Type.SOA).limit(4).toList();
        this.denials = sets.stream().filter(set -> set.get(0).getType() == Type.NSEC || set.get(0).getType() == Type.NSEC3).toList();
        this.byType = sets.stream().collect(Collectors.groupingBy(set -> set.get(0).getType()));
    }

    /** The reply after one to three changes. */
    Message mutate(Message reply, Random random) {
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            change(reply, random);
        }
        return reply;
    }

    private void change(Message reply, Random random) {
        switch (random.nextInt(20)) {
            case 0 -> drop(reply, random);
            case 1 -> dropAll(reply, random.nextBoolean() ? Type.RRSIG : pick(TYPES, random));
            case 2 -> move(reply, random);
            case 3 -> edit(reply, random, record -> Records.withName(record, owner(reply, random)));
            case 4 -> edit(reply, random, record -> Records.withTtl(record, random.nextInt(1 << 20)));
            case 5 -> edit(reply, random, record -> remade(record, record.getType(), random.nextBoolean() ? DClass.CH : DClass.ANY));
            case 6 -> edit(reply, random, record -> remade(record, pick(TYPES, random), record.getDClass()));
            case 7, 8 -> editType(reply, random, Type.RRSIG, record -> signature(record, random));
            case 9 -> edit(reply, random, record -> flipped(record, random));
            case 10 -> addSet(reply, random, pick(sets, random));
            case 11 -> addSet(reply, random, moved(pick(sets, random), questionName(reply)));
            case 12 -> replay(reply, pick(replies, random));
            case 13 -> reply.getHeader().setRcode(pick(CODES, random));
            case 14 -> flags(reply, random);
            case 15 -> editType(reply, random, Type.NSEC3, record -> nsec3(record, random));
            case 16 -> editType(reply, random, random.nextBoolean() ? Type.NSEC : Type.NSEC3, record -> bitmap(record, random));
            case 17 -> forge(reply, random);
            case 18 -> deny(reply, random);
            default -> addSet(reply, random, ofType(questionType(reply), questionName(reply), random));
        }
    }

    private static <T> T pick(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }

    private static Name questionName(Message reply) {
        return Objects.requireNonNull(reply.getQuestion()).getName();
    }

    private static int questionType(Message reply) {
        return Objects.requireNonNull(reply.getQuestion()).getType();
    }

    private Name owner(Message reply, Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> questionName(reply);
            case 1 -> questionName(reply).equals(Name.root) ? Name.root : new Name(questionName(reply), 1);
            default -> pick(names, random);
        };
    }

    private interface Edit {
        Record apply(Record record);
    }

    private static void edit(Message reply, Random random, Edit edit) {
        int section = pick(SECTIONS, random);
        editOne(reply, section, reply.getSection(section).stream().filter(record -> record.getType() != Type.OPT).toList(), random, edit);
    }

    private static void editType(Message reply, Random random, int type, Edit edit) {
        for (int section : SECTIONS) {
            List<Record> candidates = reply.getSection(section).stream().filter(record -> record.getType() == type).toList();
            if (!candidates.isEmpty() && random.nextInt(3) > 0) {
                editOne(reply, section, candidates, random, edit);
            }
        }
    }

    private static void editOne(Message reply, int section, List<Record> candidates, Random random, Edit edit) {
        if (!candidates.isEmpty()) {
            Record old = pick(candidates, random);
            Record changed = edit.apply(old);
            reply.removeRecord(old, section);
            reply.addRecord(changed, section);
        }
    }

    private static void drop(Message reply, Random random) {
        int section = pick(SECTIONS, random);
        List<Record> there = reply.getSection(section);
        if (!there.isEmpty()) {
            reply.removeRecord(pick(there, random), section);
        }
    }

    private static void dropAll(Message reply, int type) {
        for (int section : SECTIONS) {
            for (Record record : List.copyOf(reply.getSection(section))) {
                if (record.getType() == type) {
                    reply.removeRecord(record, section);
                }
            }
        }
    }

    private static void move(Message reply, Random random) {
        int from = pick(SECTIONS, random);
        int to = pick(SECTIONS, random);
        List<Record> moved = new ArrayList<>(reply.getSection(from));
        moved.removeIf(record -> record.getType() == Type.OPT);
        if (random.nextBoolean()) {
            Collections.shuffle(moved, random);
        }
        for (Record record : moved) {
            reply.removeRecord(record, from);
            reply.addRecord(record, to);
        }
    }

    /** Other type or class over the same octets, where they can be read so. */
    private static Record remade(Record record, int type, int dclass) {
        try {
            return Records.of(record.getName(), type, dclass, record.getTTL(), Records.data(record));
        } catch (IllegalArgumentException e) {
            return record;
        }
    }

    /** The octets as a record of this type, or the record as it was where they cannot be one. */
    private static Record remade(Record record, byte[] data) {
        try {
            return Records.withData(record, data);
        } catch (IllegalArgumentException e) {
            return record;
        }
    }

    private static Record flipped(Record record, Random random) {
        byte[] data = Records.data(record);
        if (data.length > 0) {
            data[random.nextInt(data.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return remade(record, data);
    }

    private Record signature(Record record, Random random) {
        byte[] data = Records.data(record);
        int signer = ((RRSIGRecord) record).getSigner().length();
        switch (random.nextInt(8)) {
            case 0 -> data[1] = (byte) pick(TYPES, random).intValue();
            case 1 -> data[2] = (byte) (random.nextBoolean() ? 13 : 200);
            case 2 -> data[3] += (byte) (random.nextBoolean() ? 1 : -1);
            case 3 -> data[4 + random.nextInt(4)] ^= (byte) 0x55;
            case 4 -> data[8 + random.nextInt(8)] ^= (byte) 0x40;
            case 5 -> data[17] ^= (byte) 1;
            default -> {
                byte[] other = pick(names, random).toWire();
                byte[] made = new byte[data.length - signer + other.length];
                System.arraycopy(data, 0, made, 0, SIGNER_AT);
                System.arraycopy(other, 0, made, SIGNER_AT, other.length);
                System.arraycopy(data, SIGNER_AT + signer, made, SIGNER_AT + other.length, data.length - SIGNER_AT - signer);
                data = made;
            }
        }
        return remade(record, data);
    }

    /** Other flags or more iterations (RFC 5155 §3.2: algorithm, flags, two octets of iterations). */
    private static Record nsec3(Record record, Random random) {
        byte[] data = Records.data(record);
        if (random.nextBoolean()) {
            data[1] ^= NSEC3Record.Flags.OPT_OUT;
        } else {
            data[2] = (byte) (random.nextBoolean() ? 0xff : 0x02);
        }
        return remade(record, data);
    }

    /** A delegation made of what is none, or the asked type left out. */
    private static Record bitmap(Record record, Random random) {
        int[] types = random.nextBoolean() ? new int[] {Type.NS, Type.RRSIG, Type.NSEC} : new int[] {Type.A, Type.RRSIG};
        if (record instanceof NSECRecord nsec) {
            return new NSECRecord(nsec.getName(), DClass.IN, nsec.getTTL(), nsec.getNext(), types);
        }
        NSEC3Record old = (NSEC3Record) record;
        return new NSEC3Record(old.getName(), DClass.IN, old.getTTL(), old.getHashAlgorithm(), old.getFlags(), old.getIterations(),
            old.getSalt(), old.getNext(), types);
    }

    private static void addSet(Message reply, Random random, List<Record> set) {
        int section = random.nextInt(3) == 0 ? Section.AUTHORITY : Section.ANSWER;
        if (random.nextBoolean()) {
            reply.removeAllRecords(section);
        }
        boolean signed = random.nextInt(3) > 0;
        set.stream().filter(record -> signed || record.getType() != Type.RRSIG).forEach(record -> reply.addRecord(record, section));
    }

    private static List<Record> moved(List<Record> set, Name owner) {
        return set.stream().map(record -> Records.withName(record, owner)).toList();
    }

    /** A set of the type that is asked for, from anywhere, at the name that is asked for. */
    private List<Record> ofType(int type, Name owner, Random random) {
        List<List<Record>> candidates = byType.getOrDefault(type, List.of());
        return candidates.isEmpty() ? List.of() : moved(pick(candidates, random), owner);
    }

    private static void replay(Message reply, Message other) {
        Attack.with(reply, other.getRcode(), List.copyOf(other.getSection(Section.ANSWER)),
            List.copyOf(other.getSection(Section.AUTHORITY)));
    }

    private static void flags(Message reply, Random random) {
        int flag = pick(List.of((int) Flags.AA, (int) Flags.TC, (int) Flags.AD, (int) Flags.RA, (int) Flags.CD), random);
        if (random.nextBoolean()) {
            reply.getHeader().setFlag(flag);
        } else {
            reply.getHeader().unsetFlag(flag);
        }
    }

    /** An unsigned answer. */
    private void forge(Message reply, Random random) {
        List<Record> data = ofType(questionType(reply), questionName(reply), random).stream()
            .filter(record -> record.getType() != Type.RRSIG).toList();
        List<Record> forged = data.stream().map(record -> flipped(record, random)).toList();
        Attack.with(reply, Rcode.NOERROR, forged, random.nextBoolean() ? List.of() : pick(sets, random));
    }

    /** A denial with somebody's SOA and two sets that may deny anything. */
    private void deny(Message reply, Random random) {
        List<Record> authority = new ArrayList<>();
        authority.add(pick(starts, random));
        authority.addAll(pick(denials, random));
        authority.addAll(pick(denials, random));
        Attack.with(reply, random.nextBoolean() ? Rcode.NOERROR : Rcode.NXDOMAIN, List.of(), authority);
    }
}
