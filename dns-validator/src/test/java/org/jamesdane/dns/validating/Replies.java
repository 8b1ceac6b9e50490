/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.List;
import java.util.Set;

import org.jamesdane.testing.dns.Transport;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Changes that resolvers and attackers make to replies. */
final class Replies {
    private static final Set<Integer> DNSSEC_TYPES = Set.of(Type.RRSIG, Type.NSEC, Type.NSEC3);

    private Replies() {
    }

    /** Removes DNSSEC, as a resolver without DNSSEC or an attacker on the way does. */
    static Message withoutDnssec(Message query, Message reply, Transport transport) {
        for (int section : new int[] {Section.ANSWER, Section.AUTHORITY}) {
            for (Record record : List.copyOf(reply.getSection(section))) {
                if (DNSSEC_TYPES.contains(record.getType())) {
                    reply.removeRecord(record, section);
                }
            }
        }
        return reply;
    }
}
