/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Instant;
import java.util.Optional;

import org.jamesdane.dns.Proof;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/** An RRset whose signature by a key of its zone was verified. Only {@link RrsetVerifier} makes one. */
final class VerifiedRrset {
    private final SignedRrset set;
    private final Optional<Name> wildcardEncloser;
    private final Proof.Link link;
    private final long ttl;

    VerifiedRrset(SignedRrset set, Optional<Name> wildcardEncloser, Proof.Link link, long ttl) {
        this.set = set;
        this.wildcardEncloser = wildcardEncloser;
        this.link = link;
        this.ttl = ttl;
    }

    Name owner() {
        return set.owner();
    }

    SignedRrset set() {
        return set;
    }

    /** The set's only record, as types have it of which there is one per name (NSEC, NSEC3, CNAME, DNAME). */
    <T extends Record> Optional<T> single(Class<T> type) {
        return set.records().size() == 1 ? Optional.of(set.records().get(0)).filter(type::isInstance).map(type::cast) : Optional.empty();
    }

    /** The name above the asterisk, if the owner was expanded from a wildcard (RFC 4035 §5.3.4); empty if it is the signed name itself. */
    Optional<Name> wildcardEncloser() {
        return wildcardEncloser;
    }

    boolean isExpanded() {
        return wildcardEncloser.isPresent();
    }

    /** Link of the chain that this set makes: signer, key, and times. */
    Proof.Link link() {
        return link;
    }

    /** Longest time to keep this set, in seconds: the smallest of TTL, original TTL and time to expiration (RFC 4035 §5.3.3). */
    long ttl() {
        return ttl;
    }

    Instant expiration() {
        return link.expiration();
    }
}
