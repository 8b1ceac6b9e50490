/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.monitoring;

/** Counts and measures. Whatever it does, or fails to do, changes no delivery: callers use it through {@link #guarded}. */
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
        return metrics instanceof GuardedMetrics ? metrics : new GuardedMetrics(metrics);
    }
}
