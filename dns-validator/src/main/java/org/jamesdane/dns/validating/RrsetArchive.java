/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import org.jamesdane.dns.RrsetId;

/**
 * Collects what answers were verified with, so that each can be verified again later and by others.
 *
 * <p>It is called on the threads that validate, once whenever an RRset is verified, so often with the same octets: it has to be quick.
 * An exception of it is logged and leaves the link of the chain without an id; no lookup fails by it.
 */
@FunctionalInterface
public interface RrsetArchive {
    /** Collects nothing; then no octets are put together and no id is computed. */
    RrsetArchive NONE = (id, octets) -> { };

    /**
     * Keeps a verified RRset.
     *
     * @param id the SHA-256 of the octets
     * @param octets the records in canonical form and order with the TTL that was signed, then the RRSIG that verified them. Each is in
     *     the form of the wire without compression, as in the chains of RFC 9102 §3.2. The owner is that of the answer, also where a
     *     wildcard stands behind it (RFC 4035 §5.3.4): the labels field of the RRSIG tells
     */
    void keep(RrsetId id, byte[] octets);
}
