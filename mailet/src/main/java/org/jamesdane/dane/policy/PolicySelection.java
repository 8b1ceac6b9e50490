/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.policy;

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

    /**
     * This for a mail whose sender would rather have it delivered without TLS than not at all. RFC 8689 §4.2.2: what the recipient's domain
     * publishes is followed, but its failure does not stop the mail; that is what an audit does. The sender cannot give up what this
     * server's operator demands on their own account (authentication, mandatory DANE, or encryption).
     */
    public PolicySelection easedBySender() {
        return policy.dane() == Policy.Dane.ENFORCE && !policy.demandsAuthentication()
            ? new PolicySelection(new Policy(Policy.Dane.AUDIT, policy.tls()), source + ", eased by TLS-Required: No") : this;
    }
}
