/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.sts;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;

import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.PolicyCache;
import org.jamesdane.mtasts.PolicyFetcher;
import org.jamesdane.mtasts.StsDiscovery;
import org.jamesdane.mtasts.StsRecord;
import org.jamesdane.mtasts.StsState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches kept policies anew by HTTPS, whatever their TXT records say (RFC 8461 §10.2). */
public final class PolicyRefresh {
    /** Refreshes that one {@link #tick} begins; a million policies that are fetched anew each day are some 12 a second. */
    private static final int AT_ONCE = 256;
    private static final Logger LOGGER = LoggerFactory.getLogger(PolicyRefresh.class);

    private final StsLookup lookup;
    private final PolicyCache cache;
    private final PolicyFetches fetches;
    private final InstantSource clock;

    /** Takes what it works with. */
    public PolicyRefresh(StsLookup lookup, PolicyCache cache, PolicyFetches fetches, InstantSource clock) {
        this.lookup = lookup;
        this.cache = cache;
        this.fetches = fetches;
        this.clock = clock;
    }

    /** Begins the refreshes that are due, and waits for none. For every ten seconds or so. */
    public void tick() {
        cache.due(clock.instant(), AT_ONCE).keySet().stream().filter(domain -> fetches.running(domain).isEmpty()).forEach(this::refresh);
    }

    private void refresh(DomainName domain) {
        lookup.record(domain).whenComplete((record, e) -> {
            if (e == null) {
                refresh(domain, record);
            } else {
                LOGGER.error("The MTA-STS policy of {} is not fetched anew now for an unexpected reason", domain, e);
            }
        });
    }

    private void refresh(DomainName domain, StsRecord record) {
        if (cache.kept(domain) instanceof StsState.Policy kept) {
            StsState.refresh(kept.policy(), record, fetches.history(domain), clock.instant()).ifPresent(step -> {
                // What becomes of it is kept, and nobody waits for it.
                CompletableFuture<StsDiscovery> unused = fetches.begin(domain, step, PolicyFetcher.Purpose.REFRESH);
            });
        }
    }
}
