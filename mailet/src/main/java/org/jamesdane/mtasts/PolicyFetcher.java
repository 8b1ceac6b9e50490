/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import org.jamesdane.dns.DomainName;

/**
 * Port to the policy hosts of domains. A call ends within a minute, and makes one request at most, without redirects (RFC 8461 §3.3).
 */
@FunctionalInterface
public interface PolicyFetcher {

    /** Reason for a fetch; each has places of its own, so that neither keeps the other back. */
    enum Purpose {
        /** The domain's policy is not kept, or its id changed; a mail may wait for it. */
        FIRST,
        /** A kept policy is fetched anew; no mail waits for it. */
        REFRESH
    }

    /**
     * Fetches the policy of a domain from its policy host by HTTPS.
     *
     * @param domain the policy domain, not the host that serves the policy
     * @return the policy, or what went wrong; an implementation throws nothing that a network or a policy host can cause
     */
    PolicyFetch fetch(DomainName domain, Purpose purpose);
}
