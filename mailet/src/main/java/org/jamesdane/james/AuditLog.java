/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import org.jamesdane.dane.trace.Labels;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.monitoring.BlamedMail;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line of JSON for every attempt at a host to the logger {@code org.jamesdane.audit}. Where that is configured, a shorter line
 * for every delivery goes to {@code org.jamesdane.success}.
 */
final class AuditLog implements DeliveryAudit {
    private static final Logger AUDIT = LoggerFactory.getLogger("org.jamesdane.audit");
    private static final Logger SUCCESS = LoggerFactory.getLogger("org.jamesdane.success");

    private final String resolverMode;
    private final boolean addresses;
    private final boolean successRecord;

    AuditLog(DaneProperties properties) {
        this.resolverMode = Labels.of(properties.validator().mode());
        this.addresses = properties.audit().addresses();
        this.successRecord = properties.audit().successRecord();
    }

    @Override
    public void attempted(AuditEvent event) {
        AuditLine line = AuditLine.of(event, resolverMode, addresses);
        AUDIT.info("{}", line.toJson());
        if (successRecord && line.isSuccess()) {
            SUCCESS.info("{}", line.toSuccessJson());
        }
    }

    @Override
    public void blamed(BlamedMail mail) {
        AUDIT.info("{}", AuditLine.of(mail, addresses).toJson());
    }
}
