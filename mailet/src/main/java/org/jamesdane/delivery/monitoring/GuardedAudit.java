/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.monitoring;

import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.policy.NextHop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a delivery from failing because it could not be reported. */
public final class GuardedAudit implements DeliveryAudit {
    private static final Logger LOGGER = LoggerFactory.getLogger(GuardedAudit.class);

    private final DeliveryAudit audit;

    public GuardedAudit(DeliveryAudit audit) {
        this.audit = audit;
    }

    @Override
    public void attempted(AuditEvent event) {
        try {
            audit.attempted(event);
        } catch (Throwable e) {
            LOGGER.error("An attempt at {} for the mail {} could not be recorded", event.attempt().host(), event.mail(), e);
        }
    }

    @Override
    public void audited(NextHop nextHop, AuditRules.Audited audited) {
        try {
            audit.audited(nextHop, audited);
        } catch (Throwable e) {
            LOGGER.error("An audit of {} could not be recorded", nextHop, e);
        }
    }

    @Override
    public void blamed(BlamedMail mail) {
        try {
            audit.blamed(mail);
        } catch (Throwable e) {
            LOGGER.error("It could not be recorded that the mail {} is to blame for its failure", mail.mail(), e);
        }
    }
}
