/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Instant;
import java.util.Optional;

import org.xbill.DNS.Name;

/**
 * Attempt at a question.
 *
 * @param mode how the resolvers are asked
 * @param distrusted the zone, with all below it, of which proofs made up to {@code since} are not used, because with them an
 *     earlier attempt came out bogus
 */
record Attempt(QueryMode mode, Optional<Name> distrusted, Instant since) {
    static Attempt first(Instant now) {
        return new Attempt(QueryMode.NORMAL, Optional.empty(), now);
    }

    /** Tests whether a proof about a name may be used. */
    boolean trusts(Name name, ZoneStatus step) {
        return distrusted.isEmpty() || !name.subdomain(distrusted.get()) || step.madeAt().isAfter(since);
    }

    boolean isFirst() {
        return distrusted.isEmpty();
    }
}
