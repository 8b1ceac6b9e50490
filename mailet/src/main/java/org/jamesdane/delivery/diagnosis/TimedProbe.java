/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.smtp.SocketSmtpConnector;

/** Probe of a domain's hosts that ends in time, whatever resolvers and hosts do: its lookups fail then, and its connections are cut. */
public final class TimedProbe implements AutoCloseable {
    private final SocketSmtpConnector connector = new SocketSmtpConnector();
    private final Diagnosis diagnosis;
    private final EndingDns dns;

    /**
     * Begins the time.
     *
     * @param demand a policy that all mail demands beside that of its destination
     * @param random decides the order of equals
     * @param limit of all that is asked and connected to
     */
    public TimedProbe(SecureDns dns, DeliverySettings settings, Optional<Policy> demand, InstantSource clock, RandomGenerator random,
            Duration limit) {
        this.dns = new EndingDns(dns, limit, System::nanoTime);
        this.diagnosis = new Diagnosis(this.dns, connector, settings, demand, clock, random);
        CompletableFuture.delayedExecutor(limit.toNanos(), TimeUnit.NANOSECONDS).execute(connector::close);
    }

    /** Lookups that fail when the time is over. */
    record EndingDns(SecureDns dns, long end, LongSupplier nanoTime) implements SecureDns {
        EndingDns(SecureDns dns, Duration limit, LongSupplier nanoTime) {
            this(dns, nanoTime.getAsLong() + limit.toNanos(), nanoTime);
        }

        @Override
        public <R extends DnsRecord> CompletionStage<Lookup<R>> lookup(DomainName name, RecordType<R> type) {
            Lookup<R> late = new Lookup.Failed<>(name, Lookup.Reason.BUDGET, Optional.empty(), "the time of the probe was over",
                OptionalInt.empty());
            Duration left = left();
            return left.isZero() ? CompletableFuture.completedFuture(late)
                : dns.lookup(name, type).toCompletableFuture().copy().completeOnTimeout(late, left.toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public Optional<String> resolver(DomainName name, RecordType<?> type) {
            return dns.resolver(name, type);
        }

        Duration left() {
            return Duration.ofNanos(Math.max(0, end - nanoTime.getAsLong()));
        }
    }

    /**
     * Asks the DNS, then connects to every address, as far as the time allows.
     *
     * @param progress hears of the state after each address
     * @throws InterruptedException if the thread was interrupted, which is looked at between two addresses
     */
    public ProbeReport run(String domain, Consumer<ProbeReport> progress) throws InterruptedException {
        Explanation explanation = diagnosis.explain(diagnosis.destination(domain));
        return diagnosis.probe(explanation, progress, () -> dns.left().isZero());
    }

    @Override
    public void close() {
        connector.close();
    }
}
