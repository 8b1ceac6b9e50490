/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.util.Arrays;
import java.util.List;

/** Hears of every attempt at a host. Whatever it does, or fails to do, changes no delivery. */
@FunctionalInterface
public interface DeliveryAudit {
    /** Hears nothing. */
    DeliveryAudit NONE = event -> { };

    /** All of these, each of them whatever happens to the others. */
    static DeliveryAudit all(DeliveryAudit... audits) {
        List<DeliveryAudit> guarded = Arrays.stream(audits).<DeliveryAudit>map(GuardedAudit::new).toList();
        return event -> guarded.forEach(audit -> audit.attempted(event));
    }

    /** One attempt at one host, at one of its addresses where it got that far. */
    void attempted(AuditEvent event);
}
