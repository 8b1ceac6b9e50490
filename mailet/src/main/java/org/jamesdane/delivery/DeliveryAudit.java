/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

/** Hears of every attempt at a host. Whatever it does, or fails to do, changes no delivery. */
@FunctionalInterface
public interface DeliveryAudit {
    /** Hears nothing. */
    DeliveryAudit NONE = event -> { };

    /** One attempt at one host, at one of its addresses where it got that far. */
    void attempted(AuditEvent event);
}
