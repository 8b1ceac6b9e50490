/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import java.util.HexFormat;

/** Manner in which a zone proves that something does not exist. */
public sealed interface Denial {

    /** With NSEC (RFC 4034 §4). */
    static Denial nsec() {
        return new Nsec();
    }

    /**
     * With NSEC3 (RFC 5155) and SHA-1.
     *
     * @param iterations additional iterations; RFC 9276 §3.1 asks for 0
     * @param salt in hexadecimal digits, empty for none
     */
    static Nsec3 nsec3(int iterations, String salt) {
        return new Nsec3(iterations, salt, false);
    }

    /**
     * With NSEC records made for each question (RFC 9824): every name exists, if only with the type NXNAME. Wildcards are not
     * expanded.
     */
    static Denial compact() {
        return new Compact();
    }

    /** With NSEC records made for each question. */
    record Compact() implements Denial {
    }

    /** With NSEC. */
    record Nsec() implements Denial {
    }

    /** With NSEC3. */
    record Nsec3(int iterations, String salt, boolean optOut) implements Denial {
        /** Insecure delegations are left out of the chain, and every record says so (RFC 5155 §6). */
        public Nsec3 withOptOut() {
            return new Nsec3(iterations, salt, true);
        }

        byte[] saltOctets() {
            return HexFormat.of().parseHex(salt);
        }
    }
}
