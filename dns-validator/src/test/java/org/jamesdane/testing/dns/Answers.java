/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Answers questions about a world as a recursive resolver with an empty cache would. */
final class Answers {
    private static final int MAX_ALIASES = 16;
    private static final int UDP_PAYLOAD = 1232;

    private final SignedWorld world;
    private final boolean validating;

    Answers(SignedWorld world, boolean validating) {
        this.world = world;
        this.validating = validating;
    }

    static List<Record> withSignatures(RRset rrset) {
        List<Record> records = new ArrayList<>(rrset.rrs(false));
        records.addAll(rrset.sigs());
        return records;
    }

    Message reply(Message query) {
        Message reply = header(query);
        Record question = query.getQuestion();
        if (question == null || query.getHeader().getOpcode() != Opcode.QUERY || question.getDClass() != DClass.IN) {
            reply.getHeader().setRcode(Rcode.NOTIMP);
            return reply;
        }
        if (!query.getHeader().getFlag(Flags.RD)) {
            // As resolvers do that answer no questions about their cache.
            reply.getHeader().setRcode(Rcode.REFUSED);
            return reply;
        }
        Builder answer;
        synchronized (world) {
            answer = resolve(question.getName(), question.getType());
        }
        boolean checkingDisabled = query.getHeader().getFlag(Flags.CD);
        if (validating && answer.security == Security.BOGUS && !checkingDisabled) {
            reply.getHeader().setRcode(Rcode.SERVFAIL);
            return reply;
        }
        OPTRecord edns = query.getOPT();
        boolean dnssecOk = edns != null && (edns.getFlags() & org.xbill.DNS.ExtendedFlags.DO) != 0;
        // RFC 6840 §5.7, §5.8
        if (validating && answer.security == Security.SECURE && !checkingDisabled
                && (dnssecOk || query.getHeader().getFlag(Flags.AD))) {
            reply.getHeader().setFlag(Flags.AD);
        }
        reply.getHeader().setRcode(answer.rcode);
        answer.answer.forEach(rrset -> add(reply, rrset, Section.ANSWER, dnssecOk, question.getType()));
        answer.authority.forEach(rrset -> add(reply, rrset, Section.AUTHORITY, dnssecOk, question.getType()));
        return reply;
    }

    private static Message header(Message query) {
        Message reply = new Message(query.getHeader().getID());
        Header header = reply.getHeader();
        header.setOpcode(query.getHeader().getOpcode());
        header.setFlag(Flags.QR);
        header.setFlag(Flags.RA);
        if (query.getHeader().getFlag(Flags.RD)) {
            header.setFlag(Flags.RD);
        }
        if (query.getHeader().getFlag(Flags.CD)) {
            header.setFlag(Flags.CD);
        }
        if (query.getQuestion() != null) {
            reply.addRecord(query.getQuestion(), Section.QUESTION);
        }
        OPTRecord edns = query.getOPT();
        if (edns != null) {
            reply.addRecord(new OPTRecord(UDP_PAYLOAD, 0, 0, edns.getFlags()), Section.ADDITIONAL);
        }
        return reply;
    }

    private static void add(Message reply, RRset rrset, int section, boolean dnssecOk, int asked) {
        // RFC 4035 §3.2.1: without DO, no DNSSEC records that were not asked for.
        if (!dnssecOk && asked != rrset.getType() && (rrset.getType() == Type.NSEC || rrset.getType() == Type.NSEC3)) {
            return;
        }
        List<Record> records = dnssecOk ? withSignatures(rrset) : rrset.rrs(false);
        for (Record record : records) {
            if (!reply.findRecord(record, section)) {
                reply.addRecord(record, section);
            }
        }
    }

    private Builder resolve(Name asked, int type) {
        Builder builder = new Builder();
        Name name = asked;
        for (int i = 0; i <= MAX_ALIASES; i++) {
            SignedZone zone = world.zoneOf(name, type == Type.DS);
            ZoneView view = world.view(zone);
            builder.restOn(Security.of(world, zone));
            Name next = step(builder, zone, view, name, type);
            if (next == null) {
                return builder;
            }
            name = next;
        }
        return builder.fail();
    }

    /** Adds what one zone says; returns where an alias leads, or null at the end. */
    private static @Nullable Name step(Builder builder, SignedZone zone, ZoneView view, Name name, int type) {
        if (view.isDelegatedAway(name) && !(type == Type.DS && view.isCut(name))) {
            builder.fail();
            return null;
        }
        RRset dname = view.dnameAbove(name);
        if (dname != null) {
            builder.answer(zone, dname);
            return builder.synthesise(name, dname);
        }
        if (view.exists(name)) {
            return answerFrom(builder, zone, view, name, name, type);
        }
        Name encloser = view.closestEncloser(name);
        Name wildcard = Records.name("*", encloser);
        if (!view.exists(wildcard)) {
            builder.deny(zone, view, name);
            return null;
        }
        return answerFrom(builder, zone, view, name, wildcard, type);
    }

    private static @Nullable Name answerFrom(Builder builder, SignedZone zone, ZoneView view, Name name, Name node, int type) {
        List<RRset> found = new ArrayList<>();
        RRset cname = type == Type.CNAME || type == Type.NSEC || type == Type.ANY ? null : view.rrset(node, Type.CNAME);
        if (type == Type.ANY) {
            view.types(node).forEach(each -> addTo(found, view.rrset(node, each)));
        } else {
            addTo(found, cname != null ? cname : view.rrset(node, type));
        }
        if (found.isEmpty()) {
            builder.deny(zone, view, name);
            return null;
        }
        boolean expanded = !name.equals(node);
        found.forEach(rrset -> builder.answer(zone, expanded ? Records.expand(rrset, name) : rrset));
        if (expanded) {
            builder.authority(zone, view.denial().expansion(name, new Name(node, 1)));
        }
        return cname == null ? null : ((CNAMERecord) cname.first()).getTarget();
    }

    private static void addTo(List<RRset> found, @Nullable RRset rrset) {
        if (rrset != null) {
            found.add(rrset);
        }
    }

    /** Security that a validating resolver would give an answer. */
    enum Security {
        SECURE, INSECURE, BOGUS;

        static Security of(SignedWorld world, SignedZone zone) {
            SignedZone parent = world.parentOf(zone);
            Security above = parent == null ? SECURE : of(world, parent);
            return above == SECURE ? Delegations.security(zone) : above;
        }

        Security and(Security other) {
            return compareTo(other) >= 0 ? this : other;
        }
    }

    /** An answer in the making. */
    static final class Builder {
        private final List<RRset> answer = new ArrayList<>();
        private final List<RRset> authority = new ArrayList<>();
        private int rcode = Rcode.NOERROR;
        private Security security = Security.SECURE;

        List<RRset> authority() {
            return authority;
        }

        void restOn(Security zone) {
            security = security.and(zone);
        }

        Builder fail() {
            answer.clear();
            authority.clear();
            rcode = Rcode.SERVFAIL;
            return this;
        }

        void answer(SignedZone zone, RRset rrset) {
            answer.add(rrset);
            check(zone, rrset);
        }

        void authority(SignedZone zone, List<RRset> rrsets) {
            for (RRset rrset : rrsets) {
                authority.add(rrset);
                check(zone, rrset);
            }
        }

        private void check(SignedZone zone, RRset rrset) {
            if (security == Security.SECURE && zone.signaturesOver(rrset.getName(), rrset.getType()) != Signatures.VALID) {
                security = Security.BOGUS;
            }
        }

        /** Denies the type if the name, or a wildcard for it, exists, and else the name. */
        void deny(SignedZone zone, ZoneView view, Name name) {
            RRset soa = view.rrset(view.origin(), Type.SOA);
            if (soa != null) {
                authority(zone, List.of(soa));
            }
            if (view.exists(name)) {
                authority(zone, view.denial().noData(name));
                return;
            }
            Name encloser = view.closestEncloser(name);
            if (view.exists(Records.name("*", encloser))) {
                authority(zone, view.denial().wildcardNoData(name, encloser));
            } else {
                authority(zone, view.denial().nameError(name, encloser));
                rcode = view.denial().nameErrorCode();
            }
        }

        /** Adds the CNAME that a DNAME stands for (RFC 6672 §3.1); returns its target. */
        @Nullable Name synthesise(Name name, RRset dname) {
            try {
                Name target = Records.substitute(name, (DNAMERecord) dname.first());
                answer.add(new RRset(new CNAMERecord(name, DClass.IN, dname.getTTL(), target)));
                return target;
            } catch (NameTooLongException e) {
                // RFC 6672 §2.2
                rcode = Rcode.YXDOMAIN;
                return null;
            }
        }
    }
}
