/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.Optional;

import org.jamesdane.dns.DomainName;

/**
 * The names by which it is tested whether a resolver passes on what validation needs. Each may be left out.
 *
 * @param signedZone a zone with a DS record, so that a chain of two zones is proved
 * @param absentName a name that does not exist, denied by NSEC
 * @param hashedDelegation a delegation out of a zone that denies with NSEC3, signed or not
 * @param bogusName a name whose signatures are wrong on purpose: with CD it must be answered nevertheless
 * @param unknownType whether the root is asked for a type of the range for private use (RFC 6895 §3.1)
 */
public record SelfTestNames(Optional<DomainName> signedZone, Optional<DomainName> absentName, Optional<DomainName> hashedDelegation,
        Optional<DomainName> bogusName, boolean unknownType) {

    /**
     * Name directly below the root, which itself denies the name. Many resolvers answer for some names by themselves without signatures, as
     * for "invalid" (RFC 6761 §6.4); this is none of those names.
     */
    private static final DomainName UNUSED_TOP_LEVEL = DomainName.of("dane-self-test-absent");

    /** Names of the public DNS. */
    public static SelfTestNames ofPublicRoot() {
        return new SelfTestNames(Optional.of(DomainName.of("org")), Optional.of(UNUSED_TOP_LEVEL),
            Optional.of(DomainName.of("google.com")), Optional.of(DomainName.of("dnssec-failed.org")), true);
    }

    /** The root alone, as it fits a root of one's own. */
    public static SelfTestNames ofPrivateRoot() {
        return new SelfTestNames(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);
    }
}
