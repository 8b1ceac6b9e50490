/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Use of the places for deliveries on this node at one moment.
 *
 * @param places deliveries at once
 * @param underWay deliveries under way
 * @param doubtful those of them that go to doubtful destinations
 * @param allowance places that doubtful destinations may have now
 * @param waiting mails that wait in line
 * @param waitingForShare destinations whose mails wait for a share of the places
 * @param destinations those with most places, at most {@value #MOST}
 */
public record DispatchStatus(int places, int underWay, int doubtful, int allowance, int waiting, int waitingForShare,
        List<Destination> destinations) {
    /** Destinations that are named. */
    static final int MOST = 100;

    /**
     * Use of the places by one destination.
     *
     * @param name the recipient domain or the gateways, with the demanded policy
     * @param underWay deliveries under way
     * @param waiting mails in line
     * @param doubtful whether it is doubtful
     */
    public record Destination(String name, int underWay, int waiting, boolean doubtful) {
    }

    static DispatchStatus of(int places, Shares shares, int waiting, int waitingForShare, Collection<Lane> lanes) {
        List<Destination> destinations = lanes.stream().filter(lane -> lane.places > 0 || !lane.line.isEmpty())
            .sorted(Comparator.comparingInt((Lane lane) -> lane.places).reversed()).limit(MOST)
            .map(lane -> new Destination(lane.name, lane.places, lane.line.size(), lane.doubtful)).toList();
        return new DispatchStatus(places, shares.underWay(), shares.doubtful(), shares.allowance(), waiting, waitingForShare, destinations);
    }
}
