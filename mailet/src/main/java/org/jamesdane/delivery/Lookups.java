/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;

import org.jamesdane.dane.Resolution;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts questions to the DNS and waits for the answers. The validator bounds each question's time; whatever goes wrong otherwise is a
 * failed lookup, never an answer.
 */
public final class Lookups {
    private static final Logger LOGGER = LoggerFactory.getLogger(Lookups.class);

    private final SecureDns dns;

    public Lookups(SecureDns dns) {
        this.dns = dns;
    }

    /** One step. */
    <R extends DnsRecord> Lookup<R> step(DomainName name, RecordType<R> type) {
        try {
            return dns.lookup(name, type).toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(name, Lookup.Reason.NOT_READY, "this server is stopping");
        } catch (ExecutionException | RuntimeException e) {
            LOGGER.error("The lookup of {} {} failed unexpectedly", name, type, e);
            return failed(name, Lookup.Reason.INTERNAL, "an unexpected error, see the log of this server");
        }
    }

    /** With all aliases followed. */
    <R extends DnsRecord> Resolution<R> resolve(DomainName name, RecordType<R> type) {
        return Resolution.by(name, next -> step(next, type));
    }

    private static <R extends DnsRecord> Lookup<R> failed(DomainName name, Lookup.Reason reason, String text) {
        return new Lookup.Failed<>(name, reason, Optional.empty(), text, OptionalInt.empty());
    }
}
