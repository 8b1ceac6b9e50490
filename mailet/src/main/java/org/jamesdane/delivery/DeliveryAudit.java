/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.util.Arrays;
import java.util.List;

import org.jamesdane.dane.AuditRules;
import org.jamesdane.dane.NextHop;

/** Hears of every attempt at a host. Whatever it does, or fails to do, changes no delivery. */
@FunctionalInterface
public interface DeliveryAudit {
    /** Hears nothing. */
    DeliveryAudit NONE = event -> { };

    /** All of these, each of them whatever happens to the others. */
    static DeliveryAudit all(DeliveryAudit... audits) {
        List<DeliveryAudit> guarded = Arrays.stream(audits).<DeliveryAudit>map(GuardedAudit::new).toList();
        return new DeliveryAudit() {
            @Override
            public void attempted(AuditEvent event) {
                guarded.forEach(audit -> audit.attempted(event));
            }

            @Override
            public void audited(NextHop nextHop, AuditRules.Audited audited) {
                guarded.forEach(audit -> audit.audited(nextHop, audited));
            }
        };
    }

    /** One attempt at one host, at one of its addresses where it got that far. */
    void attempted(AuditEvent event);

    /** What the policy {@code audit} found at the hosts of a next hop. */
    default void audited(NextHop nextHop, AuditRules.Audited audited) {
    }
}
