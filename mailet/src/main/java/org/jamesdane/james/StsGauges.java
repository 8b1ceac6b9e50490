/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import org.apache.james.metrics.api.GaugeRegistry;
import org.jamesdane.delivery.sts.CountedFetches;
import org.jamesdane.mtasts.StsPolicy;

/** Gauges of the MTA-STS policies in James's metrics; {@code docs/metrics.md} lists the names. */
final class StsGauges {
    private static final String PREFIX = "dane.sts.";

    private StsGauges() {
    }

    static void register(GaugeRegistry registry, MtaSts sts) {
        for (StsPolicy.Mode mode : StsPolicy.Mode.values()) {
            registry.register(PREFIX + "policies." + mode, () -> sts.count(mode));
        }
        for (CountedFetches.Result result : CountedFetches.Result.values()) {
            registry.register(PREFIX + "fetch." + result, () -> sts.fetches(result));
        }
        registry.register(PREFIX + "refresh.overdue", sts::overdue);
        registry.register(PREFIX + "problems", () -> sts.problems().size());
        registry.register(PREFIX + "mails.waiting", sts::waiting);
    }
}
