/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.monitoring;

import java.util.Arrays;
import java.util.List;

import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.policy.NextHop;

/**
 * Hears of every attempt at a host, and of every failure here that is a mail's own. Whatever it does, or fails to do, changes no delivery.
 */
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

            @Override
            public void blamed(BlamedMail mail) {
                guarded.forEach(audit -> audit.blamed(mail));
            }
        };
    }

    /** Notes an attempt at one host, at one of its addresses where the attempt got that far. */
    void attempted(AuditEvent event);

    /** Notes what the policy {@code audit} found at the hosts of a next hop. */
    default void audited(NextHop nextHop, AuditRules.Audited audited) {
    }

    /** A failure on this server is a mail's own. */
    default void blamed(BlamedMail mail) {
    }
}
