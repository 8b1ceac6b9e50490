/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;

/** Ends the work on a question without an answer; becomes a {@link Lookup.Failed} at the edge. */
final class LookupFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = LoggerFactory.getLogger(LookupFailure.class);

    private final Lookup.Reason reason;
    private final transient Optional<Name> zone;
    private final transient OptionalInt extendedError;
    private final transient List<Proof.Link> proved;

    private LookupFailure(Lookup.Reason reason, Optional<Name> zone, String text, OptionalInt extendedError, List<Proof.Link> proved) {
        // Without a stack trace: it is an outcome, made often, and its text says what it needs to.
        super(text, null, false, false);
        this.reason = reason;
        this.zone = zone;
        this.extendedError = extendedError;
        this.proved = List.copyOf(proved);
    }

    static LookupFailure of(Lookup.Reason reason, String text) {
        return new LookupFailure(reason, Optional.empty(), text, OptionalInt.empty(), List.of());
    }

    /** Signatures or proofs of a zone that must be there are missing or wrong. */
    static LookupFailure bogus(Name zone, String text) {
        return new LookupFailure(Lookup.Reason.BOGUS, Optional.of(zone), text, OptionalInt.empty(), List.of());
    }

    /** Converts the error that ended a computation to a failure of the lookup. Nothing that is thrown can become an answer. */
    static LookupFailure unwrap(Throwable thrown) {
        return unwrap(thrown, () -> of(Lookup.Reason.TIMEOUT, "the time is over"));
    }

    /**
     * Converts the error that ended a computation as {@link #unwrap(Throwable)} does.
     *
     * @param overdue the failure where the time of the whole computation was over
     */
    static LookupFailure unwrap(Throwable thrown, Supplier<LookupFailure> overdue) {
        Throwable cause = thrown;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof LookupFailure failure) {
            return failure;
        }
        if (cause instanceof TimeoutException) {
            return overdue.get();
        }
        LOGGER.error("A DNS lookup ended in a defect", cause);
        return of(Lookup.Reason.INTERNAL, "a defect in this software, see the log");
    }

    LookupFailure withExtendedError(OptionalInt code) {
        return code.isEmpty() || extendedError.isPresent() ? this : new LookupFailure(reason, zone, text(), code, proved);
    }

    /** The same failure with the links that were verified before it. */
    LookupFailure withProved(List<Proof.Link> links) {
        return links.isEmpty() ? this : new LookupFailure(reason, zone, text(), extendedError, links);
    }

    Lookup.Reason reason() {
        return reason;
    }

    /** The zone in which it went wrong. */
    Optional<Name> zone() {
        return zone;
    }

    OptionalInt extendedError() {
        return extendedError;
    }

    /** The links that were verified before it went wrong, from the trust anchor downwards. */
    List<Proof.Link> proved() {
        return proved;
    }

    String text() {
        return String.valueOf(getMessage());
    }

    <R extends DnsRecord> Lookup.Failed<R> toLookup(DomainName owner) {
        return new Lookup.Failed<>(owner, reason, zone.map(WireNames::fromWire), text(), extendedError, proved);
    }
}
