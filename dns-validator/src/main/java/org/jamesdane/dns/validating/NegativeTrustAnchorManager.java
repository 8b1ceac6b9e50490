/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jamesdane.dns.DomainName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Type;

/** Sets and ends negative trust anchors, and has the caches forget what rested on them or on their absence (RFC 7646 §4). */
final class NegativeTrustAnchorManager {
    private static final Logger LOGGER = LoggerFactory.getLogger(NegativeTrustAnchorManager.class);

    /** Octets of the cache for one trial; a walk to one name and back needs far less. */
    private static final long SMALL_CACHE = 4_000_000;

    private final NegativeTrustAnchors anchors;
    private final UpstreamPool resolvers;
    private final ValidationParts engine;
    private final Supplier<TrustAnchors> trusted;
    private final Duration timeout;
    private final Consumer<DomainName> flush;
    private final List<Consumer<NegativeTrustAnchor>> listeners = new CopyOnWriteArrayList<>();

    NegativeTrustAnchorManager(NegativeTrustAnchors anchors, UpstreamPool resolvers, ValidationParts engine,
            Supplier<TrustAnchors> trusted, Duration timeout, Consumer<DomainName> flush) {
        this.anchors = anchors;
        this.resolvers = resolvers;
        this.engine = engine;
        this.trusted = trusted;
        this.timeout = timeout;
        this.flush = flush;
    }

    void put(NegativeTrustAnchor anchor) {
        anchors.put(anchor);
        LOGGER.warn("{} is taken as insecure until {}: {}", anchor.zone(), anchor.expiry(), anchor.reason());
        flush.accept(anchor.zone());
    }

    boolean remove(DomainName zone) {
        boolean removed = anchors.remove(zone);
        if (removed) {
            LOGGER.info("The negative trust anchor for {} was removed", zone);
            flush.accept(zone);
        }
        return removed;
    }

    List<NegativeTrustAnchor> list() {
        return anchors.list();
    }

    void onEnded(Consumer<NegativeTrustAnchor> listener) {
        listeners.add(listener);
    }

    /** Ends those whose time is over and, if wanted, those whose zone validates again. */
    CompletableFuture<Void> lookAfter(boolean tryZones) {
        anchors.removeExpired().forEach(anchor -> ended(anchor, "its time is over"));
        List<NegativeTrustAnchor> tried = tryZones ? anchors.list() : List.of();
        return CompletableFuture.allOf(tried.stream().map(this::tryZone).toArray(CompletableFuture<?>[]::new));
    }

    /** RFC 7646 §4: the SOA at the name, whether it is there or properly denied. */
    private CompletableFuture<Void> tryZone(NegativeTrustAnchor anchor) {
        DelegationWalk walk = engine.walk(resolvers, new ZoneCache(SMALL_CACHE, engine.clock()), trusted);
        InsecureOverrides none = new InsecureOverrides(Set.of(), new NegativeTrustAnchors(engine.clock()), engine.clock());
        return engine.validation(resolvers, walk, none, trusted, 1)
            .answer(new Question(WireNames.toWire(anchor.zone()), Type.SOA), Budget.of(timeout))
            .handle((answer, failure) -> {
                if (failure == null && anchors.remove(anchor)) {
                    ended(anchor, "the zone validates again");
                }
                return null;
            });
    }

    private void ended(NegativeTrustAnchor anchor, String why) {
        LOGGER.info("The negative trust anchor for {} has ended: {}", anchor.zone(), why);
        flush.accept(anchor.zone());
        listeners.forEach(listener -> tell(listener, anchor));
    }

    private static void tell(Consumer<NegativeTrustAnchor> listener, NegativeTrustAnchor anchor) {
        try {
            listener.accept(anchor);
        } catch (Throwable e) {
            // It has ended all the same, for the others as well.
            LOGGER.error("The end of the negative trust anchor for {} could not be passed on", anchor.zone(), e);
        }
    }
}
