/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import org.jamesdane.dane.ChannelCheck;
import org.jamesdane.dane.HostAttempt;

/** Counts attempts at hosts: what was required, what the connection turned out to be, and what came of it. */
public final class MetricsAudit implements DeliveryAudit {
    private final DeliveryMetrics metrics;

    public MetricsAudit(DeliveryMetrics metrics) {
        this.metrics = DeliveryMetrics.guarded(metrics);
    }

    @Override
    public void attempted(AuditEvent event) {
        event.requirement().ifPresent(requirement -> metrics.count(MetricNames.requirement(requirement)));
        event.connection().flatMap(AuditEvent.Connection::check).ifPresent(check -> metrics.count(
            check instanceof ChannelCheck.Permitted permitted ? MetricNames.tls(permitted.label()) : MetricNames.TLS_REFUSED));
        metrics.count(event.attempt() instanceof HostAttempt.Failed failed ? MetricNames.failed(failed.failure().kind())
            : MetricNames.HOST_TRANSACTED);
    }
}
