/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.monitoring;

import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.outcome.HostAttempt;
import org.jamesdane.dane.pkix.PeerCertificate;

/** Counts attempts at hosts: what was required, what the connection turned out to be, and what came of it. */
public final class MetricsAudit implements DeliveryAudit {
    private final DeliveryMetrics metrics;

    /** Counts attempts in these metrics. */
    public MetricsAudit(DeliveryMetrics metrics) {
        this.metrics = DeliveryMetrics.guarded(metrics);
    }

    @Override
    public void attempted(AuditEvent event) {
        event.progress().requirement().ifPresent(requirement -> metrics.count(MetricNames.requirement(requirement)));
        event.progress().connection().ifPresent(this::connected);
        metrics.count(event.attempt() instanceof HostAttempt.Failed failed ? MetricNames.failed(failed.failure().kind())
            : MetricNames.HOST_TRANSACTED);
    }

    private void connected(AuditEvent.Connection connection) {
        if (connection.check().isEmpty()) {
            return;
        }
        if (connection.check().get() instanceof ChannelCheck.Permitted permitted) {
            metrics.count(MetricNames.tls(permitted.label()));
            connection.channel().flatMap(Channel::tls).ifPresent(this::secured);
        } else {
            metrics.count(MetricNames.TLS_REFUSED);
        }
    }

    private void secured(Channel.Tls tls) {
        metrics.count(MetricNames.tlsGroup(tls.strength()));
        metrics.count(MetricNames.tlsKey(tls.strength()));
        if (tls.peerChain().stream().anyMatch(PeerCertificate::isRawPublicKey)) {
            metrics.count(MetricNames.TLS_RAW_KEY);
        }
    }
}
