/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.time.Instant;

/**
 * Count of a finding in one hour.
 *
 * @param hour the hour's beginning
 * @param domain the next-hop domain, or {@link #OTHERS}
 * @param finding {@code would-have-deferred} or {@code would-have-skipped}
 * @param reason what DANE failed for, as the audit line's {@code failure}
 * @param count more than zero
 */
public record Counter(Instant hour, String domain, String finding, String reason, long count) {
    /** Stands for all domains beyond those that are counted by name. */
    public static final String OTHERS = "(others)";

    /** Key of what is counted together. */
    record Key(Instant hour, String domain, String finding, String reason) {
    }

    Key key() {
        return new Key(hour, domain, finding, reason);
    }
}
