/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;

import org.jamesdane.dns.Lookup;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A reply of a resolver to one question, taken apart. Nothing in it is verified; response code and flags never will be.
 *
 * @param rcode the response code with its extended bits (RFC 6891 §6.1.3)
 * @param authenticated the AD bit
 * @param answers the RRsets of the answer section
 * @param authorities the RRsets of the authority section
 * @param extendedError the first Extended DNS Error (RFC 8914)
 */
record Reply(int rcode, boolean truncated, boolean authenticated, List<SignedRrset> answers, List<SignedRrset> authorities,
        OptionalInt extendedError) {

    /** More records than any answer to a mail question needs; what is longer is not looked at. */
    private static final int MAX_RECORDS = 2000;

    static Reply parse(byte[] wire) {
        try {
            Message message = new Message(wire);
            if (message.getHeader().getOpcode() != Opcode.QUERY) {
                // Those of an update (RFC 2136 §2.4) have no data, whatever their type.
                throw LookupFailure.of(Lookup.Reason.MALFORMED, "the reply is to no query");
            }
            int records = 0;
            for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
                records += message.getSection(section).size();
            }
            if (records > MAX_RECORDS) {
                throw LookupFailure.of(Lookup.Reason.MALFORMED, "the reply has " + records + " records, at most " + MAX_RECORDS
                    + " are read");
            }
            return new Reply(message.getRcode(), message.getHeader().getFlag(Flags.TC), message.getHeader().getFlag(Flags.AD),
                SignedRrset.collect(message.getSection(Section.ANSWER)), SignedRrset.collect(message.getSection(Section.AUTHORITY)),
                extendedError(message));
        } catch (LookupFailure failure) {
            throw failure;
        } catch (IOException | RuntimeException e) {
            // The octets are a stranger's: however the parser fails on them, they are malformed, and no defect of ours.
            throw LookupFailure.of(Lookup.Reason.MALFORMED, "the reply cannot be read");
        }
    }

    private static OptionalInt extendedError(Message message) {
        OPTRecord opt = message.getOPT();
        if (opt != null) {
            for (EDNSOption option : opt.getOptions()) {
                if (option instanceof ExtendedErrorCodeOption error) {
                    return OptionalInt.of(error.getErrorCode());
                }
            }
        }
        return OptionalInt.empty();
    }

    /** The time a denial may be kept by the SOA of the authority section, in seconds (RFC 2308 §5); unlimited without one. */
    long negativeTtl() {
        return authorities.stream()
            .filter(set -> set.type() == Type.SOA)
            .mapToLong(set -> Math.min(set.ttl(), ((SOARecord) set.records().get(0)).getMinimum()))
            .min().orElse(Long.MAX_VALUE);
    }
}
