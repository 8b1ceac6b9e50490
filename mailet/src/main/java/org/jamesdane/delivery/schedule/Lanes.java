/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

import org.jamesdane.delivery.destination.DestinationState;
import org.jamesdane.delivery.destination.SiteKey;
import org.jamesdane.delivery.destination.Ticker;

/**
 * Destinations and sites with mail in hand, the failing ones of before, and the sites of the destinations seen last.
 *
 * <p>Not thread-safe; the dispatcher's lock guards it.
 */
final class Lanes {
    /** Failing destinations, and failing sites, that are remembered; each costs some hundred octets. */
    private static final int REMEMBERED = 10_000;
    /** Destinations whose site is remembered; each costs about a hundred octets, and a new one costs a mail a second turn. */
    private static final int SITES_REMEMBERED = 50_000;

    private final Dispatcher.Limits limits;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final Map<String, Lane> lanes = new LinkedHashMap<>();
    private final Map<SiteKey, Site> sites = new LinkedHashMap<>();
    private final Map<String, SiteKey> lastSites = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, SiteKey> eldest) {
            return size() > SITES_REMEMBERED;
        }
    };

    /** Begins with no destination. */
    Lanes(Dispatcher.Limits limits, Ticker ticker, RandomGenerator random) {
        this.limits = limits;
        this.ticker = ticker;
        this.random = random;
    }

    /** Returns the lane of a destination, made now if it is new, which goes to the site of the destination's last MX answer. */
    Lane of(String destination) {
        return lanes.computeIfAbsent(destination, name -> {
            Lane lane = new Lane(name, new DestinationState(limits.perDestination(), ticker, random));
            lane.move(Optional.ofNullable(lastSites.get(name)).map(this::site));
            return lane;
        });
    }

    private Site site(SiteKey key) {
        return sites.computeIfAbsent(key, name -> new Site(name, new DestinationState(limits.perSite(), ticker, random)));
    }

    /** Returns the site to which a lane goes by its last MX answer, made now if it is new. */
    Site join(Lane lane, SiteKey key) {
        Site site = site(key);
        if (lane.site().filter(site::equals).isEmpty()) {
            Optional<Site> before = lane.site();
            lane.move(Optional.of(site));
            before.ifPresent(this::leave);
            lastSites.put(lane.name, site.key);
        }
        return site;
    }

    /** Returns the lane of a destination that is known here. */
    Optional<Lane> known(String destination) {
        return Optional.ofNullable(lanes.get(destination));
    }

    Collection<Lane> all() {
        return lanes.values();
    }

    /** Most deliveries at once to one site. */
    int perSite() {
        return limits.perSite();
    }

    Collection<Site> sites() {
        return sites.values();
    }

    /** Forgets a lane, and its site, if nothing would be lost. */
    void leave(Lane lane) {
        if (lane.isForgettable() && lanes.remove(lane.name, lane)) {
            withoutSite(lane);
        }
    }

    private void withoutSite(Lane lane) {
        Optional<Site> site = lane.site();
        lane.move(Optional.empty());
        site.ifPresent(this::leave);
    }

    private void leave(Site site) {
        if (site.isForgettable()) {
            sites.remove(site.key, site);
        }
    }

    /** Forgets the eldest destinations and sites of those beyond the number that is remembered. */
    void forget() {
        Iterator<Lane> eldest = lanes.values().iterator();
        while (lanes.size() > REMEMBERED && eldest.hasNext()) {
            Lane lane = eldest.next();
            if (lane.isIdle()) {
                eldest.remove();
                withoutSite(lane);
            }
        }
        Iterator<Site> eldestSite = sites.values().iterator();
        while (sites.size() > REMEMBERED && eldestSite.hasNext()) {
            if (eldestSite.next().isIdle()) {
                eldestSite.remove();
            }
        }
    }
}
