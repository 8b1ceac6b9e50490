/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

/**
 * A policy and where it comes from.
 *
 * @param policy what applies
 * @param source for people: {@code default}, {@code domain example.com}, {@code wildcard .example.com}, each with the demand of
 *     the mail where that made it stricter
 */
public record PolicySelection(Policy policy, String source) {

    /** The stricter of this and what a mail demands; the source says so only if the demand changes something. */
    public PolicySelection demanding(Policy demand, String whose) {
        Policy combined = policy.and(demand);
        return combined.equals(policy) ? this : new PolicySelection(combined, source + ", raised by " + whose);
    }
}
