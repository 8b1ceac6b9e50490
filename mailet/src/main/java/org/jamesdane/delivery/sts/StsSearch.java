/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.sts;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import org.jamesdane.mtasts.StsDiscovery;

/**
 * Search for the policy that applies to mail for a domain, under way.
 *
 * @param meanwhile the result without a fetch that may be under way: known once the TXT record is
 * @param whole the result with that fetch
 */
public record StsSearch(CompletableFuture<StsDiscovery> meanwhile, CompletableFuture<StsDiscovery> whole) {

    /** A search whose result is known. */
    public static StsSearch ended(StsDiscovery discovery) {
        CompletableFuture<StsDiscovery> done = CompletableFuture.completedFuture(discovery);
        return new StsSearch(done, done);
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
