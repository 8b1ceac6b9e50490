/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.Optional;

import org.xbill.DNS.NSEC3Record;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.Type;

/** The type bit map of an NSEC or NSEC3 record, and what it may be used for. */
interface TypeBitMap {
    boolean has(int type);

    static TypeBitMap of(NSECRecord nsec) {
        return nsec::hasType;
    }

    static TypeBitMap of(NSEC3Record nsec3) {
        return nsec3::hasType;
    }

    /** Tests whether this is the parent's record of a delegation, an "ancestor delegation" (RFC 6840 §4.1). */
    default boolean isDelegation() {
        return has(Type.NS) && !has(Type.SOA);
    }

    /**
     * Tests whether names below the owner may be denied by this: not below a delegation, nor below a DNAME (RFC 6840 §4.1; RFC 5155 §8.3).
     */
    default boolean mayDenyBelow() {
        return !isDelegation() && !has(Type.DNAME);
    }

    /** Reason for which a record at the very name does not deny a type there; empty if it does. */
    default Optional<String> objection(int type) {
        // RFC 6840 §4.3; RFC 5155 §8.5: an alias would have been the answer.
        if (has(type) || has(Type.CNAME)) {
            return Optional.of("the denial says that the records or an alias exist");
        }
        if (type == Type.DS) {
            // RFC 4035 §5.2; RFC 5155 §8.9: only the parent can deny a DS; with SOA it is the child's own record.
            return has(Type.SOA) ? Optional.of("the denial of the DS is by the child zone") : Optional.empty();
        }
        // RFC 6840 §4.1: the parent's record of a delegation denies nothing but the DS.
        return isDelegation() ? Optional.of("the denial is the parent's, of a delegation") : Optional.empty();
    }
}
