/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.monitoring.BlamedMail;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.store.AuditStatistics;

/** Record of deliveries: a line for each attempt, and counts of what enforcement would have held back. */
record RecordingAudit(DeliveryAudit lines, AuditStatistics statistics) implements DeliveryAudit {
    @Override
    public void attempted(AuditEvent event) {
        lines.attempted(event);
    }

    @Override
    public void audited(NextHop nextHop, AuditRules.Audited audited) {
        statistics.count(nextHop, audited);
        lines.audited(nextHop, audited);
    }

    @Override
    public void blamed(BlamedMail mail) {
        lines.blamed(mail);
    }
}
