/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;

/** The records with which a zone denies (RFC 4035 §3.1.3, RFC 5155 §7.2). */
interface DenialChain {

    static DenialChain of(ZoneView view, SignedZone zone) {
        if (!zone.isSigned()) {
            return new Unsigned();
        }
        if (zone.denial() instanceof Denial.Nsec3 parameters) {
            return new Nsec3Chain(view, zone.ttl(), parameters);
        }
        return zone.denial() instanceof Denial.Compact ? new CompactDenial(view, zone.ttl()) : new NsecChain(view, zone.ttl());
    }

    /** The name exists, perhaps as an empty non-terminal, but not with the type asked for. */
    List<RRset> noData(Name name);

    /** The name does not exist and no wildcard matches it. */
    List<RRset> nameError(Name name, Name closestEncloser);

    /** The response code that goes with {@link #nameError}. */
    default int nameErrorCode() {
        return Rcode.NXDOMAIN;
    }

    /** The answer was expanded from the wildcard below the closest encloser. */
    List<RRset> expansion(Name name, Name closestEncloser);

    /** The wildcard below the closest encloser matches, but does not have the type asked for. */
    List<RRset> wildcardNoData(Name name, Name closestEncloser);

    /** The NSEC record that belongs to a name. */
    @Nullable RRset atName(Name name);

    /** The whole chain. */
    List<RRset> all();

    /** An unsigned zone proves nothing. */
    final class Unsigned implements DenialChain {
        @Override
        public List<RRset> noData(Name name) {
            return List.of();
        }

        @Override
        public List<RRset> nameError(Name name, Name closestEncloser) {
            return List.of();
        }

        @Override
        public List<RRset> expansion(Name name, Name closestEncloser) {
            return List.of();
        }

        @Override
        public List<RRset> wildcardNoData(Name name, Name closestEncloser) {
            return List.of();
        }

        @Override
        public @Nullable RRset atName(Name name) {
            return null;
        }

        @Override
        public List<RRset> all() {
            return List.of();
        }
    }
}
