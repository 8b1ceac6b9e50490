/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds recipients whom a host refuses only because they are too many for one transaction (RFC 5321 §4.5.3.1.10). */
public final class RecipientLimit {
    /** 452 is the RFC's code; 552 the older one, and the two others are what hosts say who take one recipient at a time. */
    private static final Set<Integer> CODES = Set.of(450, 451, 452, 552);
    private static final int SYSTEM = 3;
    private static final int PROTOCOL = 5;

    private RecipientLimit() {
    }

    /** The recipients to ask for in a further transaction; none unless the host took somebody in this one. */
    public static List<Recipient> next(Map<Recipient, RecipientResult> results) {
        if (results.values().stream().noneMatch(RecipientResult.Accepted.class::isInstance)) {
            return List.of();
        }
        return results.entrySet().stream()
            .filter(each -> each.getValue() instanceof RecipientResult.Refused refused && isTooMany(refused))
            .map(Map.Entry::getKey).toList();
    }

    /** True if the host took nobody, and for a reason that the next recipient would meet as well. */
    public static boolean isReached(Map<Recipient, RecipientResult> results) {
        return results.values().stream().allMatch(each -> each instanceof RecipientResult.Refused refused
            && (refused.phase() != Phase.RCPT || isTooMany(refused)));
    }

    private static boolean isTooMany(RecipientResult.Refused refused) {
        // RFC 3463 §3.2, §3.3, §3.8: what is said of the address, the mailbox, or by policy is no matter of how many.
        return refused.phase() == Phase.RCPT && !refused.permanent() && CODES.contains(refused.reply().code())
            && refused.enhanced().filter(status -> status.subject() != SYSTEM && status.subject() != PROTOCOL).isEmpty();
    }
}
