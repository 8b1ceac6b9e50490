/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.RecordType;

/**
 * An answer as it is kept.
 *
 * @param kind which of the four answers it is
 * @param records the records of {@link Kind#FOUND}, else none
 * @param target the target of {@link Kind#ALIAS}, else empty
 * @param expiry when it must be asked for anew
 */
record Answer(Kind kind, List<DnsRecord> records, Optional<DomainName> target, Proof proof, Instant expiry) {
    Answer {
        records = List.copyOf(records);
    }

    enum Kind {
        FOUND, ALIAS, NO_DATA, NX_DOMAIN
    }

    static Answer found(List<DnsRecord> records, Proof proof, Instant expiry) {
        return new Answer(Kind.FOUND, records, Optional.empty(), proof, expiry);
    }

    static Answer alias(DomainName target, Proof proof, Instant expiry) {
        return new Answer(Kind.ALIAS, List.of(), Optional.of(target), proof, expiry);
    }

    static Answer negative(boolean nameExists, Proof proof, Instant expiry) {
        return new Answer(nameExists ? Kind.NO_DATA : Kind.NX_DOMAIN, List.of(), Optional.empty(), proof, expiry);
    }

    /** The same for the caller, with the time that is left. */
    <R extends DnsRecord> Lookup<R> toLookup(DomainName owner, RecordType<R> type, Instant now) {
        Duration between = Duration.between(now, expiry);
        Duration ttl = between.isNegative() ? Duration.ZERO : between;
        return switch (kind) {
            case FOUND -> new Lookup.Found<>(owner, records.stream().map(type.data()::cast).toList(), proof, ttl);
            case ALIAS -> new Lookup.Alias<>(owner, target.orElseThrow(), proof, ttl);
            case NO_DATA -> new Lookup.NoData<>(owner, proof, ttl);
            case NX_DOMAIN -> new Lookup.NxDomain<>(owner, proof, ttl);
        };
    }
}
