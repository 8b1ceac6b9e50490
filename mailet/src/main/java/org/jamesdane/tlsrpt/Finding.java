/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.util.Locale;

/**
 * Difference between a received report and its RFC.
 *
 * @param weight how much it counts
 * @param section the section that is not followed, {@code RFC 8460 §4.4} for example
 * @param where the place in the report, {@code policies[0].policy.policy-domain} for example
 * @param text one clause that says what is there and what is allowed
 */
public record Finding(Weight weight, String section, String where, String text) {

    /** Weight of a finding. */
    public enum Weight {
        /** The RFC demands it, or a reader of the report cannot do without. */
        BREACH,
        /** The RFC advises it. */
        ADVICE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** All in one line. */
    @Override
    public String toString() {
        return weight + ": " + where + ": " + text + " [" + section + "]";
    }
}
