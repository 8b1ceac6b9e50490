/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import org.apache.james.metrics.api.GaugeRegistry;
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
        registry.register(PREFIX + "fetch.ok", () -> sts.fetches().fetched());
        registry.register(PREFIX + "fetch.failed", () -> sts.fetches().unavailable());
        registry.register(PREFIX + "fetch.webpki", () -> sts.fetches().certificate());
        registry.register(PREFIX + "fetch.invalid", () -> sts.fetches().invalid());
        registry.register(PREFIX + "refresh.overdue", sts::overdue);
        registry.register(PREFIX + "problems", () -> sts.problems().size());
        registry.register(PREFIX + "mails.waiting", sts::waiting);
    }
}
