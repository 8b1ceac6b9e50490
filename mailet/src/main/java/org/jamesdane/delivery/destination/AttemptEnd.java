/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import java.util.List;

/** End of the work on a mail, as far as the turns of other mails depend on the end. */
public sealed interface AttemptEnd {
    /** The work ended without saying anything of a destination. */
    Ended NOTHING = new Ended(Reachability.UNKNOWN, Reachability.UNKNOWN);

    /**
     * The mail was tried, or its end was settled without an attempt.
     *
     * @param domain evidence about the recipients' domain alone
     * @param site evidence about the hosts that the domain shares with others
     */
    record Ended(Reachability domain, Reachability site) implements AttemptEnd {
    }

    /** The mail was not tried: its hosts, which it had to look up first, have no place for it now. It goes back into its line. */
    record Yielded() implements AttemptEnd {
    }

    /**
     * Divides the evidence of an attempt between the domain and its site. A failure is the site's if each dialogue shows it, and the
     * domain's otherwise.
     *
     * @param reach evidence about the destination as a whole
     * @param dialogues what each dialogue of the attempt shows; none if the attempt did not come to one
     */
    static Ended of(Reachability reach, List<Attribution> dialogues) {
        if (dialogues.stream().anyMatch(Attribution.Served.class::isInstance)) {
            return new Ended(reach, Reachability.REACHED);
        }
        boolean site = reach == Reachability.FAILED && !dialogues.isEmpty() && dialogues.stream().allMatch(AttemptEnd::isForAll);
        return site ? new Ended(Reachability.UNKNOWN, Reachability.FAILED) : new Ended(reach, Reachability.UNKNOWN);
    }

    private static boolean isForAll(Attribution dialogue) {
        return dialogue instanceof Attribution.ToHost || dialogue instanceof Attribution.ToAddress;
    }
}
