/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

/**
 * Settings {@code audit.*} of dane.properties.
 *
 * @param addresses whether the audit log names the addresses of people
 * @param successRecord whether there is a log of deliveries beside that of attempts
 */
record AuditSettings(boolean addresses, boolean successRecord) {
    static AuditSettings parse(StrictSettings settings) {
        return new AuditSettings(settings.bool("audit.addresses", false), settings.bool("audit.success-record", false));
    }
}
