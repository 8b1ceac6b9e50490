/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.inject.Inject;

import org.jamesdane.james.DaneEngine;
import org.jamesdane.store.OperatorEvent;
import org.jamesdane.store.OperatorEvents;

/** Changes to what this node trusts or holds mail to: what, when, by whom and why. */
final class EventRoutes implements RouteGroup {
    private static final int DEFAULT_LIMIT = 100;

    private final OperatorEvents events;

    @Inject
    EventRoutes(DaneEngine engine) {
        this(engine.events());
    }

    EventRoutes(OperatorEvents events) {
        this.events = events;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.get("/events", this::list, "since", "kind", "limit"));
    }

    private Reply list(Call call) {
        Optional<Instant> since = call.parameter("since").map(StatisticsRoutes::time);
        Optional<OperatorEvent.Kind> kind = call.word("kind", OperatorEvent.Kind.class);
        int limit = call.integer("limit", 1, OperatorEvents.MAX_SHOWN, DEFAULT_LIMIT);
        List<Map<String, Object>> shown = SettingFields.guarded(() -> events.newest(event ->
            since.filter(begin -> event.at().isBefore(begin)).isEmpty() && kind.filter(wanted -> wanted != event.kind()).isEmpty(), limit))
            .stream().map(OperatorEvent::tree).toList();
        Map<String, Object> tree = Reply.Json.treeOfNode(events.node());
        tree.put("events", shown);
        return new Reply.Json(tree);
    }
}
