/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** Query as it goes over the wire, and the test whether a message is its reply. */
final class Query {
    /** Replies up to this size are neither fragmented nor cut on usual paths (RFC 9715 §3.1; DNS flag day 2020). */
    static final int UDP_PAYLOAD = 1232;

    private static final int HEADER_OCTETS = 12;
    /** The type and the class behind the name of a question. */
    private static final int TYPE_AND_CLASS_OCTETS = 4;

    private final byte[] wire;
    private final int nameEnd;

    private Query(byte[] wire, int nameEnd) {
        this.wire = wire;
        this.nameEnd = nameEnd;
    }

    /** Demand on the resolver beside the answer. */
    enum Wish {
        /** The records with all signatures, whether or not the resolver can validate them (RFC 6840 §5.9): DO and CD. */
        UNCHECKED,
        /** The same, but what the resolver itself finds valid (RFC 4035 §3.2.2): DO without CD. */
        CHECKED,
        /** The resolver's own verdict in the AD bit (RFC 6840 §5.7): AD, no signatures. */
        VERDICT
    }

    /** A query with a message id that must be hard to guess. */
    static Query of(Question question, Wish wish, int id) {
        Message message = new Message(id);
        Header header = message.getHeader();
        header.setOpcode(Opcode.QUERY);
        header.setFlag(Flags.RD);
        if (wish == Wish.UNCHECKED) {
            header.setFlag(Flags.CD);
        } else if (wish == Wish.VERDICT) {
            header.setFlag(Flags.AD);
        }
        message.addRecord(Record.newRecord(question.name(), question.type(), DClass.IN), Section.QUESTION);
        message.addRecord(new OPTRecord(UDP_PAYLOAD, 0, 0, wish == Wish.VERDICT ? 0 : ExtendedFlags.DO), Section.ADDITIONAL);
        return new Query(message.toWire(), HEADER_OCTETS + question.name().length());
    }

    /** The octets to send. */
    byte[] wire() {
        return wire.clone();
    }

    /** Tests whether a message is a reply to this very query: id, the bit that says so, opcode and question (RFC 5452 §9.1). */
    boolean isAnsweredBy(byte[] message) {
        if (message.length < nameEnd + TYPE_AND_CLASS_OCTETS || message[0] != wire[0] || message[1] != wire[1]) {
            return false;
        }
        boolean isReply = (message[2] & 0x80) != 0 && (message[2] & 0x78) == 0;
        boolean isOneQuestion = message[4] == 0 && message[5] == 1;
        return isReply && isOneQuestion && isSameQuestion(message);
    }

    private boolean isSameQuestion(byte[] message) {
        for (int i = HEADER_OCTETS; i < nameEnd; i++) {
            // RFC 4343: case does not count. A length octet is below 64, so it is no letter.
            if (lowerCase(message[i]) != lowerCase(wire[i])) {
                return false;
            }
        }
        for (int i = nameEnd; i < nameEnd + TYPE_AND_CLASS_OCTETS; i++) {
            if (message[i] != wire[i]) {
                return false;
            }
        }
        return true;
    }

    private static int lowerCase(byte octet) {
        return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
    }
}
