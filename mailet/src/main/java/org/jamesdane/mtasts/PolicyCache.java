/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import java.time.Instant;
import java.util.Map;

import org.jamesdane.dns.DomainName;

/**
 * Port to the policies that are kept between deliveries, and over restarts. For any number of threads. It throws nothing, and only {@link
 * #keep} and {@link #claim} may wait for a disk or a database.
 */
public interface PolicyCache {

    /** The kept policy of a domain, be its lifetime over or not. {@link StsState.Unreadable} is no empty cache. */
    StsState.Kept kept(DomainName domain);

    /**
     * Keeps a policy in place of the one before, as {@link CachedPolicy#mayReplace} says. A full cache takes no new policy. It never gives
     * up one in mode {@code enforce} whose lifetime is not over.
     */
    void keep(DomainName domain, CachedPolicy policy, Instant now);

    /**
     * Claims the next refresh of a policy, so that no other node fetches it at the same time. A claim that nothing follows ends by itself.
     *
     * @return false where another node has claimed it, or has just fetched the policy
     */
    default boolean claim(DomainName domain) {
        return true;
    }

    /** Notes that a delivery asked for the policy. */
    void used(DomainName domain, Instant now);

    /**
     * The policies to be fetched anew (RFC 8461 §10.2).
     *
     * @param most more are left for a later call
     */
    Map<DomainName, CachedPolicy> due(Instant now, int most);
}
