/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.sts;

import java.time.Instant;
import java.util.Optional;

import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.StsDiscovery;

/** Port of a delivery to the search for MTA-STS policies. */
public interface StsPolicySource {
    /** A source for servers that use no MTA-STS. */
    StsPolicySource NONE = new StsPolicySource() {
        @Override
        public StsSearch begin(DomainName domain) {
            return StsSearch.ended(new StsDiscovery.NotAsked(StsDiscovery.NotAskedBecause.OFF));
        }

        @Override
        public void askAnew(DomainName domain) {
            // There is nothing to ask for.
        }
    };

    /** Begins the search for the policy of a domain, and does not wait for it. */
    StsSearch begin(DomainName domain);

    /**
     * The end of the time of the policy host's certificate, as the last fetch on this node saw it. Empty where that is not known, after a
     * start for example.
     */
    default Optional<Instant> certificateEnds(DomainName domain) {
        return Optional.empty();
    }

    /** Forgets the answer about the domain's TXT record, so that the next search asks for it anew. A kept policy stays in force. */
    void askAnew(DomainName domain);
}
