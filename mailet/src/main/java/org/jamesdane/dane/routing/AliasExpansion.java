/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;

/**
 * Resolution of a name along its aliases, one step at a time: a name to ask for next, or the answer.
 *
 * @param <R> the records asked for
 */
public sealed interface AliasExpansion<R extends DnsRecord> {
    /**
     * Aliases followed for one question. RFC 7672 §2.1.3 leaves the limit to the implementation; real chains have one to three
     * steps, and resolvers stop between 8 and 16.
     */
    int MAX_ALIASES = 10;

    /**
     * A question to put to the DNS.
     *
     * @param name the name asked for first
     * @param aliases the aliases so far
     * @param next the name to ask for now
     */
    record Ask<R extends DnsRecord>(DomainName name, List<Resolution.AliasStep> aliases, DomainName next) implements AliasExpansion<R> {
        public Ask {
            aliases = List.copyOf(aliases);
        }

        /** Goes on with the answer for {@link #next()}. */
        public AliasExpansion<R> with(Lookup<R> answer) {
            if (!(answer instanceof Lookup.Alias<R> alias)) {
                return done(answer);
            }
            List<Resolution.AliasStep> steps = new ArrayList<>(aliases);
            steps.add(new Resolution.AliasStep(next, alias.target(), alias.proof()));
            // RFC 7672 §2.1.3: an error at any stage of the expansion fails the lookup as a whole.
            if (leadsBack(alias.target())) {
                return new Ask<R>(name, steps, alias.target()).done(failed("the aliases form a loop"));
            }
            if (steps.size() > MAX_ALIASES) {
                return new Ask<R>(name, steps, alias.target()).done(failed("more than " + MAX_ALIASES + " aliases follow one another"));
            }
            return new Ask<>(name, steps, alias.target());
        }

        private boolean leadsBack(DomainName target) {
            return target.equals(next) || aliases.stream().anyMatch(step -> step.owner().equals(target));
        }

        private Lookup<R> failed(String text) {
            return new Lookup.Failed<>(name, Lookup.Reason.BUDGET, Optional.empty(), text, OptionalInt.empty());
        }

        private Done<R> done(Lookup<R> terminal) {
            return new Done<>(new Resolution<>(name, aliases, terminal));
        }
    }

    /** All aliases are followed, or it failed. */
    record Done<R extends DnsRecord>(Resolution<R> resolution) implements AliasExpansion<R> {
    }
}
