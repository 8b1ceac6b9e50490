/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.function.Supplier;
import java.util.function.ToLongFunction;

import org.apache.james.metrics.api.GaugeRegistry;
import org.jamesdane.dns.validating.AnchorState;
import org.jamesdane.dns.validating.ValidatorStatus;
import org.jamesdane.dns.validating.ValidatorStatus.UpstreamStatus;

/** Gauges of the validator in James's metrics; {@code docs/metrics.md} lists the names. */
final class ValidatorGauges {
    private static final String PREFIX = "dane.dns.";

    private final GaugeRegistry registry;
    private final Supplier<ValidatorStatus> status;

    private ValidatorGauges(GaugeRegistry registry, Supplier<ValidatorStatus> status) {
        this.registry = registry;
        this.status = status;
    }

    static void register(GaugeRegistry registry, Supplier<ValidatorStatus> status) {
        new ValidatorGauges(registry, status).registerAll();
    }

    private void registerAll() {
        gauge("ready", each -> each.ready() ? 1 : 0);
        gauge("resolvers", each -> each.upstreams().size());
        gauge("resolvers.usable", each -> each.upstreams().stream().filter(UpstreamStatus::usable).count());
        gauge("resolvers.silent", each -> each.upstreams().stream().filter(UpstreamStatus::backingOff).count());
        gauge("problems", each -> each.problems().size());
        gauge("trust.anchors", each -> each.trustAnchors().inForce().size());
        gauge("anchors.valid", each -> each.trustAnchors().count(AnchorState.VALID));
        gauge("anchors.pending", each -> each.trustAnchors().count(AnchorState.PENDING));
        gauge("anchors.missing", each -> each.trustAnchors().count(AnchorState.MISSING));
        gauge("anchors.revoked", each -> each.trustAnchors().count(AnchorState.REVOKED));
        gauge("anchors.journal.failed", each -> each.trustAnchors().journalFailed() ? 1 : 0);
        gauge("negative.trust.anchors", each -> each.negativeTrustAnchors().size());
        gauge("questions", each -> each.work().questions());
        gauge("queries", each -> each.work().queries());
        gauge("signatures", each -> each.work().signatures());
        gauge("compared", each -> each.comparison().compared());
        gauge("doubted.secure", each -> each.comparison().secureDoubted());
        gauge("doubted.insecure", each -> each.comparison().insecureDoubted());
        gauge("doubted.bogus", each -> each.comparison().bogusDoubted());
        gauge("cached.answers", each -> each.work().cachedAnswers());
        gauge("cached.zones", each -> each.work().cachedZones());
    }

    private void gauge(String name, ToLongFunction<ValidatorStatus> value) {
        registry.register(PREFIX + name, () -> value.applyAsLong(status.get()));
    }
}
