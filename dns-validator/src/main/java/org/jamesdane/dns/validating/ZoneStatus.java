/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Instant;
import java.util.List;

import org.jamesdane.dns.Proof;
import org.xbill.DNS.Name;

/** Proof about a name on the way down from a trust anchor: a zone begins there, or none does. */
sealed interface ZoneStatus {

    /** Time at which the proof has to be made anew. */
    Instant expiry();

    /** Time at which the proof was made. */
    Instant madeAt();

    /**
     * A signed zone begins here, and these are its keys.
     *
     * @param keys those that may sign its data; never empty
     * @param chain the verified links from the trust anchor to the keys
     */
    record SecureZone(Name apex, List<ZoneKey> keys, List<Proof.Link> chain, Instant expiry, Instant madeAt) implements ZoneStatus {
        public SecureZone {
            keys = List.copyOf(keys);
            chain = List.copyOf(chain);
        }
    }

    /** Security ends here: the name and everything below it is insecure. */
    record InsecureZone(Name name, Proof.Insecure proof, Instant expiry, Instant madeAt) implements ZoneStatus {
    }

    /** The name is in the zone above; one may begin further down. */
    record NoCut(Instant expiry, Instant madeAt) implements ZoneStatus {
    }

    /** The name is in the zone above, and so is everything below it. */
    record NoCutBelow(Instant expiry, Instant madeAt) implements ZoneStatus {
    }
}
