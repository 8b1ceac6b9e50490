/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.routing;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.Security;

/**
 * The answer to a question after all aliases were followed.
 *
 * @param name the name asked for first
 * @param aliases the aliases in the order they were met
 * @param terminal the last answer, never an alias
 * @param <R> the records asked for
 */
public record Resolution<R extends DnsRecord>(DomainName name, List<AliasStep> aliases, Lookup<R> terminal) {
    public Resolution {
        aliases = List.copyOf(aliases);
        if (terminal instanceof Lookup.Alias) {
            throw new IllegalArgumentException("the alias " + terminal.owner() + " was not followed");
        }
    }

    /** The first question of a resolution. */
    public static <R extends DnsRecord> AliasExpansion.Ask<R> start(DomainName name) {
        return new AliasExpansion.Ask<>(name, List.of(), name);
    }

    /** Asks one name after the other until all aliases are followed. */
    public static <R extends DnsRecord> Resolution<R> by(DomainName name, Function<DomainName, Lookup<R>> lookup) {
        AliasExpansion<R> state = start(name);
        while (state instanceof AliasExpansion.Ask<R> ask) {
            state = ask.with(lookup.apply(ask.next()));
        }
        return ((AliasExpansion.Done<R>) state).resolution();
    }

    /** The last name asked for: the fully expanded one where the resolution succeeded. */
    public DomainName expandedName() {
        return aliases.isEmpty() ? name : aliases.get(aliases.size() - 1).target();
    }

    /** Tests whether the name asked for is an alias. */
    public boolean isAlias() {
        return !aliases.isEmpty();
    }

    /**
     * The security of the whole; empty if it failed.
     */
    public Optional<Security> security() {
        // RFC 7672 §2.1.3: one insecure alias makes itself and all behind it insecure, whatever stood before it.
        return terminal.security().map(last -> aliases.stream().map(AliasStep::security).reduce(last, Security::and));
    }

    /** Tests whether the whole is an answer and secure. */
    public boolean isSecure() {
        return security().filter(Security.SECURE::equals).isPresent();
    }

    /** The records found, none for any other answer. */
    public List<R> records() {
        return terminal instanceof Lookup.Found<R> found ? found.records() : List.of();
    }

    /** The failure, if it is one. */
    public Optional<Lookup.Failed<R>> failure() {
        return terminal instanceof Lookup.Failed<R> failed ? Optional.of(failed) : Optional.empty();
    }

    /** Proof of the first insecure part; empty if all is secure or failed. */
    public Optional<Proof.Insecure> insecurity() {
        for (AliasStep step : aliases) {
            if (step.proof() instanceof Proof.Insecure insecure) {
                return Optional.of(insecure);
            }
        }
        return terminal instanceof Lookup.Answer<R> answer && answer.proof() instanceof Proof.Insecure insecure
            ? Optional.of(insecure) : Optional.empty();
    }

    /**
     * Step from an alias to its target (RFC 7672 §2.1.3; a DNAME's synthesised CNAME counts as one).
     *
     * @param owner the alias
     * @param target what it stands for
     * @param proof how the step itself is proved, whatever stands before or behind it
     */
    public record AliasStep(DomainName owner, DomainName target, Proof proof) {

        /** The security of this step alone. */
        public Security security() {
            return proof.security();
        }
    }
}
