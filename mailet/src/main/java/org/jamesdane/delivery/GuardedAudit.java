/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a delivery from failing because it could not be reported. */
final class GuardedAudit implements DeliveryAudit {
    private static final Logger LOGGER = LoggerFactory.getLogger(GuardedAudit.class);

    private final DeliveryAudit audit;

    GuardedAudit(DeliveryAudit audit) {
        this.audit = audit;
    }

    @Override
    public void attempted(AuditEvent event) {
        try {
            audit.attempted(event);
        } catch (RuntimeException e) {
            LOGGER.error("An attempt at {} for the mail {} could not be recorded", event.attempt().host(), event.mail(), e);
        }
    }
}
