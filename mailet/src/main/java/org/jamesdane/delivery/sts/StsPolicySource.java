/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.sts;

import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.StsDiscovery;

/** Port of a delivery to the search for MTA-STS policies. */
@FunctionalInterface
public interface StsPolicySource {
    /** A source for servers that use no MTA-STS. */
    StsPolicySource NONE = domain -> StsSearch.ended(new StsDiscovery.NotAsked(StsDiscovery.NotAskedBecause.OFF));

    /** Begins the search for the policy of a domain, and does not wait for it. */
    StsSearch begin(DomainName domain);
}
