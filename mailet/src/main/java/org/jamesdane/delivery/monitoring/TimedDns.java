/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.monitoring;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;

/** Measures how long lookups take, and counts those that fail. */
public final class TimedDns implements SecureDns {
    private final SecureDns dns;
    private final DeliveryMetrics metrics;

    /** Passes questions on to this validator, and its times and failures to these metrics. */
    public TimedDns(SecureDns dns, DeliveryMetrics metrics) {
        this.dns = dns;
        this.metrics = DeliveryMetrics.guarded(metrics);
    }

    @Override
    public <R extends DnsRecord> CompletionStage<Lookup<R>> lookup(DomainName name, RecordType<R> type) {
        Runnable end = metrics.start(MetricNames.DNS_TIME);
        return dns.lookup(name, type).whenComplete((answer, error) -> {
            end.run();
            if (error != null || answer instanceof Lookup.Failed) {
                metrics.count(MetricNames.DNS_FAILED);
            }
        });
    }

    @Override
    public Optional<String> resolver(DomainName name, RecordType<?> type) {
        return dns.resolver(name, type);
    }
}
