/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.sts;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dns.TxtRecord;
import org.jamesdane.mtasts.StsDiscovery;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Search for the policy that applies to mail for a domain, under way.
 *
 * @param meanwhile the result without a fetch that may be under way: known once the TXT record is
 * @param whole the result with that fetch
 * @param asked the answer to the question for the TXT record; empty where it was not asked
 */
public record StsSearch(CompletableFuture<StsDiscovery> meanwhile, CompletableFuture<StsDiscovery> whole,
        CompletableFuture<Optional<Resolution<TxtRecord>>> asked) {
    private static final Logger LOGGER = LoggerFactory.getLogger(StsSearch.class);

    /** A search whose result is known. */
    public static StsSearch ended(StsDiscovery discovery) {
        CompletableFuture<StsDiscovery> done = CompletableFuture.completedFuture(discovery);
        return new StsSearch(done, done, CompletableFuture.completedFuture(Optional.empty()));
    }

    /** The result that stands at the present, as {@link #present} gives it, if it is known without a wait. */
    public Optional<StsDiscovery> known() {
        return Stream.of(whole, meanwhile).filter(each -> each.isDone() && !each.isCompletedExceptionally()).findFirst()
            .map(CompletableFuture::join);
    }

    /** Waits for the whole result, for a limited time. */
    public void await(Duration longest) {
        try {
            whole.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOGGER.debug("A search for an MTA-STS policy goes on without the one who asked", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the search for an MTA-STS policy failed", e.getCause());
        }
    }

    /**
     * Waits for the result that stands at the present: that of the fetch where it has ended, else what applies without. The time of a
     * question to the DNS bounds the wait.
     */
    public StsDiscovery present() {
        try {
            return whole.isDone() ? whole.get() : meanwhile.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new StsDiscovery.Unreadable("this server is stopping");
        } catch (ExecutionException e) {
            throw new IllegalStateException("the search for an MTA-STS policy failed", e.getCause());
        }
    }
}
