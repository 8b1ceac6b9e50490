/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.Optional;

import org.apache.mailet.AttributeName;
import org.apache.mailet.Mail;
import org.jamesdane.dane.policy.Policy;

/**
 * Demand of a mail beside its destination's policy: by the mailet's parameter {@code policy}, and by an attribute that an earlier mailet or
 * matcher has set. The maximum on each axis applies.
 *
 * @param policy what is demanded
 * @param whose who demands it, for the trace and the audit line
 */
record PolicyDemand(Policy policy, String whose) {
    /** The mail attribute: the name of a policy, as text. */
    static final AttributeName ATTRIBUTE = AttributeName.of("org.jamesdane.policy");
    private static final String MAILET = "the mailet's policy";
    private static final String MAIL = "the mail's attribute " + ATTRIBUTE.asString();
    /** Most characters of a wrong value that are repeated. */
    private static final int SHOWN = 40;

    /**
     * The demand of a mail. An attribute that names no policy is taken for the strictest. The attribute was set to protect the mail, and a
     * mistyped word must not send the mail unprotected.
     */
    static Optional<PolicyDemand> of(Mail mail, Optional<Policy> byMailet) {
        Optional<PolicyDemand> mailets = byMailet.map(policy -> new PolicyDemand(policy, MAILET));
        return mail.getAttribute(ATTRIBUTE)
            .map(attribute -> byAttribute(attribute.getValue().value()))
            .map(own -> mailets.map(other -> other.and(own)).orElse(own))
            .or(() -> mailets);
    }

    private static PolicyDemand byAttribute(Object value) {
        if (value instanceof String name) {
            try {
                return new PolicyDemand(Policy.parse(name.strip()), MAIL);
            } catch (IllegalArgumentException e) {
                return wrong("\"" + shown(name) + "\"");
            }
        }
        return wrong("of type " + value.getClass().getSimpleName());
    }

    private static PolicyDemand wrong(String value) {
        return new PolicyDemand(Policy.DANE_ONLY, MAIL + ", which is " + value + " and no policy, so that the strictest applies");
    }

    private static String shown(String name) {
        String plain = name.replaceAll("[^ -~]", "?");
        return plain.length() > SHOWN ? plain.substring(0, SHOWN) + "…" : plain;
    }

    private PolicyDemand and(PolicyDemand other) {
        return new PolicyDemand(policy.and(other.policy), whose + " and " + other.whose);
    }
}
