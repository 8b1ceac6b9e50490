/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

import org.jamesdane.testing.dns.Records;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.Transport;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Someone who sits between the validator and all its resolvers for as long as they like: every reply to a question they have plans
 * for is theirs, over UDP and TCP, with and without CD. They hold no keys.
 */
final class Attack implements SignedDns.Rewrite {
    private final Map<String, UnaryOperator<Message>> plans = new LinkedHashMap<>();

    /** From now on replies to this question are changed so. */
    Attack on(String name, String type, UnaryOperator<Message> change) {
        plans.put(key(Records.name(name), Type.value(type)), change);
        return this;
    }

    /** Takes all signatures and proofs out of the reply. */
    Attack strip(String name, String type) {
        return on(name, type, Attack::stripped);
    }

    /** An unsigned answer with other data. */
    Attack forge(String name, String type, String data) {
        return on(name, type, reply -> with(reply, Rcode.NOERROR, List.of(record(name, type, data)), List.of()));
    }

    /** Nothing at all, and no error. */
    Attack empty(String name, String type) {
        return on(name, type, reply -> with(reply, Rcode.NOERROR, List.of(), List.of()));
    }

    /** No records, and these in the authority section. */
    Attack denyWith(String name, String type, int rcode, List<Record> proof) {
        return on(name, type, reply -> with(reply, rcode, List.of(), proof));
    }

    /** These records in the place of the answer. */
    Attack answerWith(String name, String type, List<Record> answer, List<Record> proof) {
        return on(name, type, reply -> with(reply, Rcode.NOERROR, answer, proof));
    }

    private static String key(Name name, int type) {
        return name.canonicalize() + "/" + type;
    }

    @Override
    public @Nullable Message rewrite(Message query, Message reply, Transport transport) {
        Record question = Objects.requireNonNull(query.getQuestion());
        UnaryOperator<Message> plan = plans.get(key(question.getName(), question.getType()));
        return plan == null ? reply : plan.apply(reply);
    }

    static Record record(String owner, String type, String data) {
        try {
            return Record.fromString(Records.name(owner), Type.value(type), DClass.IN, 300, data, Name.root);
        } catch (IOException e) {
            throw new IllegalArgumentException(data, e);
        }
    }

    static Message with(Message reply, int rcode, List<Record> answer, List<Record> authority) {
        reply.removeAllRecords(Section.ANSWER);
        reply.removeAllRecords(Section.AUTHORITY);
        reply.getHeader().setRcode(rcode);
        answer.forEach(record -> reply.addRecord(record, Section.ANSWER));
        authority.forEach(record -> reply.addRecord(record, Section.AUTHORITY));
        return reply;
    }

    static Message stripped(Message reply) {
        return with(reply, reply.getRcode(), withoutProofs(reply, Section.ANSWER), withoutProofs(reply, Section.AUTHORITY));
    }

    private static List<Record> withoutProofs(Message reply, int section) {
        return reply.getSection(section).stream().filter(record -> !isProof(record.getType())).toList();
    }

    private static boolean isProof(int type) {
        return type == Type.RRSIG || type == Type.NSEC || type == Type.NSEC3;
    }

    /** These records moved to another owner; the data, and so the signatures, stay as they are. */
    static List<Record> at(String owner, List<Record> records) {
        return records.stream().map(record -> Records.withName(record, Records.name(owner))).toList();
    }

    static List<Record> all(List<Record> first, List<Record> second) {
        List<Record> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /** NSEC and NSEC3 records among these, with their signatures. */
    static List<Record> proofs(List<Record> records) {
        return records.stream().filter(record -> covered(record) == Type.NSEC || covered(record) == Type.NSEC3).toList();
    }

    private static int covered(Record record) {
        return record instanceof RRSIGRecord signature ? signature.getTypeCovered() : record.getType();
    }
}
