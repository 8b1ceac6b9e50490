/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.util.List;
import java.util.Optional;

import javax.inject.Inject;

import org.apache.james.core.healthcheck.ComponentName;
import org.apache.james.core.healthcheck.HealthCheck;
import org.apache.james.core.healthcheck.Result;
import org.apache.james.metrics.api.GaugeRegistry;
import org.jamesdane.james.DaneEngine;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * The extension's part of {@code /healthcheck}; {@code additional.healthchecks} in {@code healthcheck.properties} names this class. It also
 * keeps the gauge {@code dane.health}.
 */
public final class DaneHealthCheck implements HealthCheck {
    private static final ComponentName NAME = new ComponentName("DANE");

    private final DaneEngine engine;
    private final ClockWatch clock;

    @Inject
    DaneHealthCheck(DaneEngine engine, GaugeRegistry gauges) {
        this.engine = engine;
        this.clock = new ClockWatch(engine.clock(), System::nanoTime);
        gauges.register("dane.health", () -> health().level().gauge());
    }

    private Health health() {
        Health health = Health.of(engine.dns().status(), clock.look(), store()).degradedBy(engine.deferralProblems())
            .degradedBy(engine.events().problem().stream().toList());
        List<String> sts = engine.mtaSts().problems();
        if (!sts.isEmpty()) {
            health = health.and(new Health(engine.mtaSts().isHolding() ? Health.Level.UNHEALTHY : Health.Level.DEGRADED, sts));
        }
        List<String> queues = engine.queueProblems();
        return queues.isEmpty() ? health : health.and(new Health(Health.Level.UNHEALTHY, queues));
    }

    private Optional<Health> store() {
        Health.Level level = engine.settings().knowledge().hold().isEmpty() ? Health.Level.DEGRADED : Health.Level.UNHEALTHY;
        return engine.settings().problem().map(problem -> new Health(level, List.of(problem + ".")));
    }

    @Override
    public ComponentName componentName() {
        return NAME;
    }

    @Override
    public Publisher<Result> check() {
        return Mono.fromSupplier(() -> {
            Health health = health();
            return switch (health.level()) {
                case HEALTHY -> Result.healthy(NAME);
                case DEGRADED -> Result.degraded(NAME, health.sentence());
                case UNHEALTHY -> Result.unhealthy(NAME, health.sentence());
            };
        });
    }
}
