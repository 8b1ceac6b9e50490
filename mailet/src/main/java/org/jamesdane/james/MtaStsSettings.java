/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.List;

import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.https.PolicyHosts;
import org.jamesdane.mtasts.StsDemand;

/**
 * Settings of dane.properties for MTA-STS.
 *
 * @param use {@code policy.mta-sts}: whether policies are followed
 * @param gateways {@code gateway.mta-sts}: whether those of gateways are, too
 * @param longestWait {@code mta-sts.fetch.timeout}: the time for which a mail waits for the first fetch of a policy
 * @param port {@code https.port}: the port of policy hosts
 * @param allowedSpecialTargets {@code https.allowed-special-targets}: special addresses that may be asked by HTTPS all the same
 */
record MtaStsSettings(StsDemand.Use use, boolean gateways, Duration longestWait, int port,
        List<AddressRange> allowedSpecialTargets) {
    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(15);

    static MtaStsSettings parse(StrictSettings settings) {
        return new MtaStsSettings(
            settings.word("policy.mta-sts", StsDemand.Use.class, StsDemand.Use.ENFORCE),
            settings.bool("gateway.mta-sts", false),
            settings.duration("mta-sts.fetch.timeout", Duration.ZERO, PolicyHosts.LIMIT, DEFAULT_WAIT),
            settings.integer("https.port", 1, 65_535, PolicyHosts.HTTPS_PORT),
            settings.list("https.allowed-special-targets", "addresses or networks such as 127.0.0.0/8 between commas",
                AddressRange::parse));
    }
}
