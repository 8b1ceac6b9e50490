/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
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
    private final Runnable fresh;

    public Lookups(SecureDns dns) {
        this(dns, () -> { });
    }

    /**
     * As the other, for one mail.
     *
     * @param fresh hears of each answer that had to be looked up; one that is there at once came out of a cache
     */
    Lookups(SecureDns dns, Runnable fresh) {
        this.dns = dns;
        this.fresh = fresh;
    }

    /** One step. */
    <R extends DnsRecord> Lookup<R> step(DomainName name, RecordType<R> type) {
        try {
            CompletableFuture<Lookup<R>> lookup = dns.lookup(name, type).toCompletableFuture();
            boolean cached = lookup.isDone();
            Lookup<R> answer = lookup.get();
            if (!cached && !(answer instanceof Lookup.Failed<R> failed && failed.reason().isOwnFault())) {
                fresh.run();
            }
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(name, Lookup.Reason.NOT_READY, "this server is stopping");
        } catch (ExecutionException e) {
            return unexpected(name, type, e.getCause() == null ? e : e.getCause());
        } catch (Throwable e) {
            return unexpected(name, type, e);
        }
    }

    private static <R extends DnsRecord> Lookup<R> unexpected(DomainName name, RecordType<R> type, Throwable e) {
        LOGGER.error("The lookup of {} {} failed unexpectedly", name, type, e);
        return failed(name, Lookup.Reason.INTERNAL, "an unexpected error, see the log of this server");
    }

    /** With all aliases followed. */
    <R extends DnsRecord> Resolution<R> resolve(DomainName name, RecordType<R> type) {
        return Resolution.by(name, next -> step(next, type));
    }

    private static <R extends DnsRecord> Lookup<R> failed(DomainName name, Lookup.Reason reason, String text) {
        return new Lookup.Failed<>(name, reason, Optional.empty(), text, OptionalInt.empty());
    }
}
