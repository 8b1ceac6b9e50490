/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import javax.inject.Inject;

import org.jamesdane.delivery.schedule.DispatchStatus;
import org.jamesdane.james.DaneEngine;

/** Operation that shows the deliveries under way. */
final class DeliveryRoutes implements RouteGroup {
    private final Supplier<DispatchStatus> status;

    @Inject
    DeliveryRoutes(DaneEngine engine) {
        this(() -> engine.deliveriesHere().status());
    }

    DeliveryRoutes(Supplier<DispatchStatus> status) {
        this.status = status;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.get("/deliveries", this::deliveries));
    }

    /** Of this node alone: each node divides its own places. */
    private Reply deliveries(Call call) {
        DispatchStatus now = status.get();
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("scope", "this node");
        tree.put("places", now.places());
        tree.put("underWay", now.underWay());
        tree.put("doubtful", now.shared().doubtful());
        tree.put("doubtfulAllowed", now.shared().allowance());
        tree.put("waiting", now.waiting());
        tree.put("destinationsWaitingForShare", now.shared().waiting());
        tree.put("destinations", now.destinations().stream().map(DeliveryRoutes::tree).toList());
        tree.put("sites", tree(now.sites()));
        return new Reply.Json(tree);
    }

    private static Map<String, Object> tree(DispatchStatus.Destination destination) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("destination", destination.name());
        tree.put("underWay", destination.underWay());
        tree.put("waiting", destination.waiting());
        tree.put("doubtful", destination.doubtful());
        destination.site().ifPresent(site -> tree.put("site", site));
        return tree;
    }

    private static Map<String, Object> tree(DispatchStatus.Sites sites) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("allowed", sites.allowed());
        tree.put("known", sites.known());
        tree.put("paused", sites.paused());
        tree.put("destinationsWaiting", sites.waitingForSite());
        tree.put("busiest", sites.busiest().stream().map(DeliveryRoutes::tree).toList());
        return tree;
    }

    static Map<String, Object> tree(DispatchStatus.OneSite site) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("site", site.name());
        tree.put("underWay", site.underWay());
        tree.put("destinations", site.destinations());
        tree.put("destinationsWaiting", site.waiting());
        tree.put("paused", site.paused());
        return tree;
    }
}
