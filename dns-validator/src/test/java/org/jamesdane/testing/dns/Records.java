/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.Master;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** Small things about names and records that the DNS library lacks, for the fixture and for tests that forge replies. */
public final class Records {
    /** Type, class, TTL and length, between a record's owner and its data (RFC 1035 §3.2.1). */
    private static final int FIXED_OCTETS = 10;

    private Records() {
    }

    /** An absolute name, with or without a final dot. */
    public static Name name(String text) {
        return name(text, Name.root);
    }

    /** A name, relative to the origin unless it ends in a dot; {@code @} is the origin. */
    static Name name(String text, Name origin) {
        try {
            return Name.fromString(text, origin);
        } catch (TextParseException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no domain name", e);
        }
    }

    /** The number of a record type given by mnemonic, or as {@code TYPE65280}. */
    static int type(String mnemonic) {
        int type = Type.value(mnemonic, true);
        if (type < 0) {
            throw new IllegalArgumentException("\"" + mnemonic + "\" is no record type");
        }
        return type;
    }

    /** Reads lines of a zone file. */
    static List<Record> parse(Name origin, long ttl, String... lines) {
        byte[] text = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1);
        List<Record> records = new ArrayList<>();
        try (Master master = new Master(new ByteArrayInputStream(text), origin, ttl)) {
            master.disableIncludes();
            Record next = master.nextRecord();
            while (next != null) {
                records.add(next);
                next = master.nextRecord();
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("These are no records of " + origin + ": " + String.join(" / ", lines), e);
        }
        return records;
    }

    /** Reads lines of a zone file in which all names are absolute, as {@link SignedWorld#zoneFiles()} has them. */
    public static List<Record> parseLines(String text) {
        return parse(Name.root, 0, text);
    }

    /** The record's data in wire form, names as they were written and not compressed. */
    public static byte[] data(Record record) {
        byte[] wire = record.toWire(Section.ANSWER);
        return Arrays.copyOfRange(wire, record.getName().length() + FIXED_OCTETS, wire.length);
    }

    /**
     * A record of these octets.
     *
     * @throws IllegalArgumentException if a record of this type cannot have them
     */
    public static Record of(Name owner, int type, int dclass, long ttl, byte[] data) {
        Record record = Record.newRecord(owner, type, dclass, ttl, data);
        if (record == null) {
            throw new IllegalArgumentException(data.length + " octets that are no " + Type.string(type) + " record");
        }
        return record;
    }

    /** The same data at another owner. */
    public static Record withName(Record record, Name owner) {
        return of(owner, record.getType(), record.getDClass(), record.getTTL(), data(record));
    }

    /** The same owner and data with another TTL. */
    public static Record withTtl(Record record, long ttl) {
        return of(record.getName(), record.getType(), record.getDClass(), ttl, data(record));
    }

    /**
     * The same owner and TTL with other data.
     *
     * @throws IllegalArgumentException if a record of this type cannot have them
     */
    public static Record withData(Record record, byte[] data) {
        return of(record.getName(), record.getType(), record.getDClass(), record.getTTL(), data);
    }

    /** The RRset and its signatures as they look at a name that was expanded from a wildcard. */
    static RRset expand(RRset wildcard, Name owner) {
        RRset expanded = new RRset();
        for (Record record : wildcard.rrs(false)) {
            expanded.addRR(withName(record, owner));
        }
        for (RRSIGRecord signature : wildcard.sigs()) {
            expanded.addRR(withName(signature, owner));
        }
        return expanded;
    }

    /** The name to which a DNAME leads a name below its owner (RFC 6672 §2.2). */
    static Name substitute(Name name, DNAMERecord dname) throws NameTooLongException {
        return name.fromDNAME(dname);
    }

    /** The name's last {@code labels} labels, the root not counted. */
    static Name suffix(Name name, int labels) {
        return new Name(name, name.labels() - 1 - labels);
    }

    /** Labels without the root's. */
    static int labels(Name name) {
        return name.labels() - 1;
    }
}
