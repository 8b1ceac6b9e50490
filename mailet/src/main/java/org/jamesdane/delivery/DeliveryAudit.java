/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import org.jamesdane.dane.AuditRules;
import org.jamesdane.dane.NextHop;

/** Hears of every attempt at a host. Whatever it does, or fails to do, changes no delivery. */
@FunctionalInterface
public interface DeliveryAudit {
    /** Hears nothing. */
    DeliveryAudit NONE = event -> { };

    /** One attempt at one host, at one of its addresses where it got that far. */
    void attempted(AuditEvent event);

    /** What the policy {@code audit} found at the hosts of a next hop. */
    default void audited(NextHop nextHop, AuditRules.Audited audited) {
    }
}
