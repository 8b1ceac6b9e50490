/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.Map;
import java.util.TreeMap;

import org.apache.james.metrics.api.Metric;
import org.apache.james.metrics.api.MetricFactory;
import org.apache.james.metrics.api.TimeMetric;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.monitoring.MetricNames;

/** The metrics of James, with which it is monitored as a whole. All counters exist from the start, so that a zero is seen as one. */
final class JamesMetrics implements DeliveryMetrics {
    private final MetricFactory factory;
    private final Map<String, Metric> counters = new TreeMap<>();

    JamesMetrics(MetricFactory factory) {
        this.factory = factory;
        MetricNames.counters().forEach(name -> counters.put(name, factory.generate(name)));
    }

    @Override
    public void count(String name) {
        Metric counter = counters.get(name);
        if (counter == null) {
            throw new IllegalArgumentException("There is no counter " + name);
        }
        counter.increment();
    }

    @Override
    public Runnable start(String name) {
        TimeMetric timer = factory.timer(name);
        return timer::stopAndPublish;
    }
}
