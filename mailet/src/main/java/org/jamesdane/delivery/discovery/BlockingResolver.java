/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.discovery;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts questions to the DNS and waits for the answers. The validator bounds each question's time. Any other error is a failed lookup, never
 * an answer.
 */
public final class BlockingResolver {
    private static final Logger LOGGER = LoggerFactory.getLogger(BlockingResolver.class);

    /** Hears of lookups for one mail, with the resolver that was asked last, where that is known. Throws nothing. */
    public interface Watch {
        /** A watch that ignores all lookups. */
        Watch NONE = new Watch() {
            @Override
            public void answered(Optional<String> resolver) {
                // For nobody.
            }

            @Override
            public void failed(Optional<String> resolver) {
                // For nobody.
            }
        };

        /** An answer that had to be looked up; one that is there at once came out of a cache. */
        void answered(Optional<String> resolver);

        /** A lookup that ended in an error of this software. */
        void failed(Optional<String> resolver);
    }

    private final SecureDns dns;
    private final Watch watch;

    /** Asks this validator; nobody watches the lookups. */
    public BlockingResolver(SecureDns dns) {
        this(dns, Watch.NONE);
    }

    /** Takes what the other constructor takes, and more for one mail. */
    public BlockingResolver(SecureDns dns, Watch watch) {
        this.dns = dns;
        this.watch = watch;
    }

    /** Looks up one step, without following an alias. */
    <R extends DnsRecord> Lookup<R> step(DomainName name, RecordType<R> type) {
        try {
            CompletableFuture<Lookup<R>> lookup = dns.lookup(name, type).toCompletableFuture();
            boolean cached = lookup.isDone();
            Lookup<R> answer = lookup.get();
            if (answer instanceof Lookup.Failed<R> failed && failed.reason() == Lookup.Reason.INTERNAL) {
                watch.failed(resolver(name, type));
            } else if (!cached && answer instanceof Lookup.Answer<R>) {
                watch.answered(resolver(name, type));
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

    private Optional<String> resolver(DomainName name, RecordType<?> type) {
        try {
            return dns.resolver(name, type);
        } catch (Throwable e) {
            LOGGER.warn("It is not known which resolver was asked for {} {}", name, type, e);
            return Optional.empty();
        }
    }

    private <R extends DnsRecord> Lookup<R> unexpected(DomainName name, RecordType<R> type, Throwable e) {
        LOGGER.error("The lookup of {} {} failed unexpectedly", name, type, e);
        watch.failed(resolver(name, type));
        return failed(name, Lookup.Reason.INTERNAL, "an unexpected error, see the log of this server");
    }

    /** Asks a question and follows all aliases. */
    <R extends DnsRecord> Resolution<R> resolve(DomainName name, RecordType<R> type) {
        return Resolution.by(name, next -> step(next, type));
    }

    private static <R extends DnsRecord> Lookup<R> failed(DomainName name, Lookup.Reason reason, String text) {
        return new Lookup.Failed<>(name, reason, Optional.empty(), text, OptionalInt.empty());
    }
}
