/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.apache.james.metrics.api.Metric;
import org.apache.james.metrics.api.MetricFactory;
import org.apache.james.metrics.api.TimeMetric;
import org.jamesdane.delivery.monitoring.MetricNames;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final Pattern LINE = Pattern.compile("\\| `([A-Za-z0-9.-]+)` \\| (counter|timer) \\| .+ \\|");

    /** Metrics that James was asked for, and the number of uses of each. */
    private final Map<String, Integer> used = new TreeMap<>();

    @Test
    void shouldListExactlyTheNamesThatThereAre() throws Exception {
        Map<String, String> listed = Files.readAllLines(Path.of("../docs/metrics.md")).stream().map(LINE::matcher).filter(Matcher::matches)
            .collect(Collectors.toMap(line -> line.group(1), line -> line.group(2)));

        assertThat(listed.keySet()).isEqualTo(MetricNames.all());
        Set<String> timers = new TreeSet<>(listed.keySet());
        timers.removeIf(name -> !"timer".equals(listed.get(name)));
        assertThat(timers).isEqualTo(MetricNames.timers());
    }

    @Test
    void shouldKeepTheNamesOfRemoteDelivery() {
        assertThat(MetricNames.timers()).contains("RemoteDeliveryTrial");
        assertThat(MetricNames.counters()).contains("outgoingMails");
    }

    @Test
    void shouldCountAndMeasureWithJamesFromZeroOn() {
        JamesMetrics metrics = new JamesMetrics(factory());
        assertThat(used.keySet()).isEqualTo(MetricNames.counters());
        assertThat(used.values()).containsOnly(0);

        metrics.count("outgoingMails");
        metrics.count("outgoingMails");
        assertThat(used.get("outgoingMails")).isEqualTo(2);

        Runnable end = metrics.start(MetricNames.TRIAL);
        assertThat(used.get(MetricNames.TRIAL)).isZero();
        end.run();
        assertThat(used.get(MetricNames.TRIAL)).isEqualTo(1);
        assertThatThrownBy(() -> metrics.count("example.com")).hasMessageContaining("no counter");
    }

    private MetricFactory factory() {
        return (MetricFactory) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {MetricFactory.class},
            (proxy, method, arguments) -> {
                String name = String.valueOf(arguments[0]);
                used.putIfAbsent(name, 0);
                Class<?> wanted = "timer".equals(method.getName()) ? TimeMetric.class : Metric.class;
                return Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {wanted}, (metric, call, values) -> {
                    assertThat(call.getName()).isIn("increment", "stopAndPublish");
                    used.merge(name, 1, Integer::sum);
                    return null;
                });
            });
    }
}
