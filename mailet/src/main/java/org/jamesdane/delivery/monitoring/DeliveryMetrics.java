/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.monitoring;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receiver of counts and durations of deliveries. Its failures change no delivery: callers use it through {@link #guarded}. */
public interface DeliveryMetrics {
    /** Counts and measures nothing. */
    DeliveryMetrics NONE = new DeliveryMetrics() {
        @Override
        public void count(String name) {
            // Nobody wants to know.
        }

        @Override
        public Runnable start(String name) {
            return () -> { };
        }
    };

    /**
     * Counts one more.
     *
     * @param name one of {@link MetricNames}
     */
    void count(String name);

    /**
     * Starts to measure a time.
     *
     * @param name one of {@link MetricNames}
     * @return to be run once, by any thread, when the time is over
     */
    Runnable start(String name);

    /** These, their exceptions caught. */
    static DeliveryMetrics guarded(DeliveryMetrics metrics) {
        return metrics instanceof Guarded ? metrics : new Guarded(metrics);
    }

    /** Keeps a delivery from failing because it could not be counted or measured. */
    final class Guarded implements DeliveryMetrics {
        private static final Logger LOGGER = LoggerFactory.getLogger(Guarded.class);
        private final DeliveryMetrics metrics;

        private Guarded(DeliveryMetrics metrics) {
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
}
