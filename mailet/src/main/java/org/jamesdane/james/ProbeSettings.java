/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.smtp.Timeouts;

/** Settings of all mailets, from which a forecast takes those of one. Safe for any number of threads. */
final class ProbeSettings {
    /** Timeouts of a look at a host: 10 s to connect and 20 s for each step; an operator waits for it. */
    private static final Timeouts PROBING = Timeouts.defaults().withConnect(Duration.ofSeconds(10)).withEachStep(Duration.ofSeconds(20));

    /**
     * Settings of one mailet.
     *
     * @param settings those of its deliveries
     * @param demand the policy that all its mail demands
     */
    record Setup(DeliverySettings settings, Optional<Policy> demand) {
    }

    @GuardedBy("this")
    private final Map<String, Setup> byQueue = new LinkedHashMap<>();

    /** Notes the settings by which the mail of a queue is delivered. */
    synchronized void add(String outgoing, DeliverySettings delivery, Optional<Policy> demand) {
        byQueue.put(outgoing, new Setup(delivery.withTimeouts(PROBING), demand));
    }

    /** The settings of the first mailet that delivers to MX hosts, else of the first; empty as long as there is no mailet. */
    synchronized Optional<Setup> present() {
        Optional<Setup> toMxHosts = byQueue.values().stream().filter(setup -> setup.settings().gateways().isEmpty()).findFirst();
        return toMxHosts.isPresent() ? toMxHosts : byQueue.values().stream().findFirst();
    }
}
