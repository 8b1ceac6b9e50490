/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.List;

/** Statement of the verified NSEC or NSEC3 records of one zone about a name and a type. */
sealed interface Denial {

    /** The name does not exist, and no wildcard stands for it; nor does anything below it. */
    record NameError(List<VerifiedRrset> evidence) implements Denial {
        public NameError {
            evidence = List.copyOf(evidence);
        }
    }

    /** The name exists, by itself, as an empty non-terminal or through a wildcard, but neither the type nor an alias does. */
    record NoData(List<VerifiedRrset> evidence) implements Denial {
        public NoData {
            evidence = List.copyOf(evidence);
        }
    }

    /** Only for type DS: the name is a delegation without DS (RFC 4035 §5.2; RFC 6840 §4.4). */
    record UnsignedDelegation(VerifiedRrset evidence) implements Denial {
    }

    /** The name may be an unsigned delegation: the next closer name is covered by an NSEC3 with Opt-Out (RFC 5155 §8.6, §9.2). */
    record OptOut(List<VerifiedRrset> evidence) implements Denial {
        public OptOut {
            evidence = List.copyOf(evidence);
        }
    }

    /** The zone's verified NSEC3 records ask for more hashing than is done (RFC 9276 §3.2). */
    record TooManyIterations(VerifiedRrset evidence) implements Denial {
    }

    /**
     * The records prove nothing of the kind.
     *
     * @param why a clause for people
     */
    record Unproven(String why) implements Denial {
    }
}
