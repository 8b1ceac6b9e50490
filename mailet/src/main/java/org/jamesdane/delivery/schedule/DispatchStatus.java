/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Use of the places for deliveries on this node at one moment.
 *
 * @param places deliveries at once
 * @param underWay deliveries under way
 * @param shared use of the places that destinations and mails share
 * @param waiting mails that wait in line
 * @param destinations those with most places, at most {@value #MOST}
 * @param sites state of the sites
 */
public record DispatchStatus(int places, int underWay, Shared shared, int waiting, List<Destination> destinations, Sites sites) {
    /** Destinations, and sites, that are named. */
    static final int MOST = 100;

    /**
     * Use of the places that doubtful destinations, and the items of one mail, share.
     *
     * @param doubtful deliveries under way to doubtful destinations
     * @param allowance places that doubtful destinations may have now
     * @param waiting destinations whose mails wait for a share
     */
    public record Shared(int doubtful, int allowance, int waiting) {
    }

    /**
     * Use of the places by one destination.
     *
     * @param name the recipient domain or the gateways, with the demanded policy
     * @param underWay deliveries under way
     * @param waiting mails in line
     * @param doubtful whether it is doubtful
     * @param site the hosts to which its mail goes; empty before its first MX answer
     */
    public record Destination(String name, int underWay, int waiting, boolean doubtful, Optional<String> site) {
    }

    /**
     * Use of the places at the hosts that destinations share.
     *
     * @param allowed deliveries at once to one site
     * @param known sites with mail in hand, and failing ones
     * @param paused those that get no mail for a time
     * @param waitingForSite destinations whose mails wait for a place at their site
     * @param busiest those with most places, at most {@value #MOST}
     */
    public record Sites(int allowed, int known, int paused, int waitingForSite, List<OneSite> busiest) {
    }

    /**
     * Use of the places at one site.
     *
     * @param name the hosts
     * @param underWay deliveries under way
     * @param destinations with mail in hand
     * @param waiting those of them whose mails wait for a place there
     * @param paused whether it gets no mail for a time
     */
    public record OneSite(String name, int underWay, int destinations, int waiting, boolean paused) {
        static OneSite of(Site site) {
            return new OneSite(site.key.name(), site.places, site.lanes, site.waiting(), site.isPaused());
        }
    }

    static DispatchStatus of(int places, Shares shares, int waiting, int waitingForShare, Lanes lanes) {
        List<Destination> destinations = lanes.all().stream().filter(lane -> lane.places > 0 || !lane.line.isEmpty())
            .sorted(Comparator.comparingInt((Lane lane) -> lane.places).reversed()).limit(MOST)
            .map(lane -> new Destination(lane.name, lane.places, lane.line.size(), lane.doubtful,
                lane.site().map(site -> site.key.name()))).toList();
        Shared shared = new Shared(shares.doubtful(), shares.allowance(), waitingForShare);
        return new DispatchStatus(places, shares.underWay(), shared, waiting, destinations, sites(lanes));
    }

    private static Sites sites(Lanes lanes) {
        List<OneSite> busiest = lanes.sites().stream().sorted(Comparator.comparingInt((Site site) -> site.places)
            .thenComparingInt(Site::waiting).reversed()).limit(MOST)
            .map(OneSite::of).toList();
        return new Sites(lanes.perSite(), lanes.sites().size(), (int) lanes.sites().stream().filter(Site::isPaused).count(),
            lanes.sites().stream().mapToInt(Site::waiting).sum(), busiest);
    }
}
