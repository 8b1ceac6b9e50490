/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A DNSKEY RRset of a trust point, with the keys whose signature over it is right. Whether the set counts is not decided here.
 *
 * @param at the time of the sight by the wall clock
 * @param originalTtl the TTL of the set in its zone
 * @param refresh the time after which it is to be asked for again (RFC 5011 §2.3)
 */
record AnchorSight(Instant at, Duration originalTtl, Duration refresh, List<SeenKey> keys) {
    AnchorSight {
        keys = List.copyOf(keys);
    }

    /**
     * A key of the set.
     *
     * @param key the key with its REVOKE bit cleared
     * @param revoked whether the bit was set
     * @param signed whether the key itself, with its bit as it was, made a signature over the set that is right and of this time
     */
    record SeenKey(AnchorKey key, boolean revoked, boolean signed) {
    }
}
