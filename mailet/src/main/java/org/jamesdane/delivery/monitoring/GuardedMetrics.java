/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.monitoring;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a delivery from failing because it could not be counted or measured. */
final class GuardedMetrics implements DeliveryMetrics {
    private static final Logger LOGGER = LoggerFactory.getLogger(GuardedMetrics.class);
    private final DeliveryMetrics metrics;

    GuardedMetrics(DeliveryMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void count(String name) {
        guarded(name, () -> metrics.count(name));
    }

    @Override
    public Runnable start(String name) {
        try {
            Runnable end = metrics.start(name);
            return () -> guarded(name, end);
        } catch (Throwable e) {
            LOGGER.warn("The metric {} could not be started", name, e);
            return () -> { };
        }
    }

    private static void guarded(String name, Runnable step) {
        try {
            step.run();
        } catch (Throwable e) {
            LOGGER.warn("The metric {} could not be recorded", name, e);
        }
    }
}
