/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.function.Supplier;
import java.util.function.ToLongFunction;

import org.apache.james.metrics.api.GaugeRegistry;
import org.jamesdane.delivery.schedule.DispatchStatus;

/** Gauges of the places for deliveries in James's metrics; {@code docs/metrics.md} lists the names. */
final class DispatchGauges {
    private static final String PREFIX = "dane.deliveries.";

    private final GaugeRegistry registry;
    private final Supplier<DispatchStatus> status;

    private DispatchGauges(GaugeRegistry registry, Supplier<DispatchStatus> status) {
        this.registry = registry;
        this.status = status;
    }

    static void register(GaugeRegistry registry, Supplier<DispatchStatus> status) {
        new DispatchGauges(registry, status).registerAll();
    }

    private void registerAll() {
        gauge("places", DispatchStatus::places);
        gauge("under.way", DispatchStatus::underWay);
        gauge("doubtful", now -> now.shared().doubtful());
        gauge("waiting", DispatchStatus::waiting);
        gauge("waiting.for.share", now -> now.shared().waiting());
        gauge("waiting.for.site", now -> now.sites().waitingForSite());
        gauge("sites", now -> now.sites().known());
        gauge("sites.paused", now -> now.sites().paused());
    }

    private void gauge(String name, ToLongFunction<DispatchStatus> value) {
        registry.register(PREFIX + name, () -> value.applyAsLong(status.get()));
    }
}
