/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import java.util.Locale;

import org.jamesdane.dane.policy.Policy;

/**
 * Demand of the operator on mail for a domain, as far as MTA-STS has a part in it.
 *
 * @param policy the two axes of the operator's policy
 * @param use the use of MTA-STS policies
 */
public record StsDemand(Policy policy, Use use) {

    /** Use of MTA-STS policies. */
    public enum Use {
        /** No policy is asked for. */
        OFF,
        /** A failure is recorded, then the mail goes as without a policy. */
        AUDIT,
        /** Policies are followed. */
        ENFORCE;

        /** The word in settings and answers. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Tests whether MTA-STS policies are asked for. An operator who chose no DANE, or DANE alone, has decided without them. */
    public boolean asksForSts() {
        return use != Use.OFF && (policy.dane() == Policy.Dane.AUDIT || policy.dane() == Policy.Dane.ENFORCE);
    }

    /** Tests whether a second pass without MTA-STS is due where MTA-STS alone holds the mail back. */
    public boolean auditsSts() {
        return asksForSts() && use == Use.AUDIT && !policy.demandsAuthentication();
    }
}
