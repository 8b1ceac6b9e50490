/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

import org.jamesdane.delivery.destination.AddressPlaces;
import org.jamesdane.delivery.destination.DestinationState;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.destination.SiteKey;
import org.jamesdane.delivery.destination.Ticker;
import org.jamesdane.delivery.destination.WaitEstimate;

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
    private final AddressPlaces<Site> addresses;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final Map<String, Lane> lanes = new LinkedHashMap<>();
    private final Map<SiteKey, Site> sites = new LinkedHashMap<>();
    /** Sites that attempts left for another one in this turn. */
    private final Deque<Site> left = new ArrayDeque<>();
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
        this.addresses = new AddressPlaces<>(limits.perSite(), ticker, random);
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
        return sites.computeIfAbsent(key, name -> new Site(name, new DestinationState(limits.perSite(), ticker, random), addresses));
    }

    /** Returns the site to which a lane goes by its last MX answer, made now if it is new. */
    private Site join(Lane lane, SiteKey key) {
        Site site = site(key);
        if (lane.site().filter(site::equals).isEmpty()) {
            Optional<Site> before = lane.site();
            lane.move(Optional.of(site));
            before.ifPresent(this::leave);
            lastSites.put(lane.name, site.key);
        }
        return site;
    }

    /**
     * Lets an attempt into the site of its mail, which only the attempt could find out.
     *
     * @return false if the site, or the address that its attempts ask first, has no place now
     */
    boolean enter(WaitingMail<?> mail, Lane lane, SiteKey key) {
        Site site = join(lane, key);
        Optional<Site> before = mail.site();
        if (before.filter(site::equals).isPresent()) {
            return true;
        }
        mail.enter(Optional.empty());
        mail.leaveAddress(Optional.empty());
        boolean entered = site.admit(mail, false) || (!mail.canWait(WaitEstimate.LONGEST_TURN) && site.admit(mail, true));
        before.ifPresent(former -> {
            former.ended(Reachability.UNKNOWN, Duration.ZERO, false);
            left.add(former);
        });
        return entered;
    }

    /**
     * Lets an attempt go to an address, if there is a place for it. One that comes from another address is let in in any case: its mail
     * would be deferred, and counted, for a host that takes it.
     *
     * @param first whether it is the first that the attempt asks
     */
    boolean arrive(WaitingMail<?> mail, InetAddress address, boolean first) {
        if (first) {
            mail.site().ifPresent(site -> site.asks(address));
        }
        if (mail.address().filter(place -> place.isAt(address)).isPresent()) {
            return true;
        }
        boolean arrives = !first || !addresses.isFull(address);
        if (arrives) {
            mail.arrive(addresses.take(address));
        }
        return arrives;
    }

    /** Next site that has to be asked for mails, because a place there, or at an address that it waits for, was given back. */
    Optional<Site> nextFreed() {
        return left.isEmpty() ? addresses.next() : Optional.of(left.remove());
    }

    /** Takes mails out of their lines. */
    List<WaitingMail<?>> withdraw(Predicate<WaitingMail<?>> which) {
        List<WaitingMail<?>> withdrawn = new ArrayList<>();
        lanes.values().forEach(lane -> lane.line.removeIf(mail -> which.test(mail) && withdrawn.add(mail)));
        return withdrawn;
    }

    /** Returns the lane of a destination that is known here. */
    Optional<Lane> known(String destination) {
        return Optional.ofNullable(lanes.get(destination));
    }

    /** Returns the site of that name that is known here. */
    Optional<Site> known(SiteKey key) {
        return Optional.ofNullable(sites.get(key));
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
