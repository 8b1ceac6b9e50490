/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import org.jamesdane.dns.DomainName;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.TextParseException;

/** Conversion between our names and those of the DNS library, and the arithmetic of DNSSEC with names. */
final class WireNames {
    private static final Name WILDCARD = Name.fromConstantString("*");

    private WireNames() {
    }

    static Name toWire(DomainName name) {
        if (name.isRoot()) {
            return Name.root;
        }
        try {
            // With the final dot the library takes nothing for relative to an origin, nor "@" for the origin itself.
            return Name.fromString(name + ".");
        } catch (TextParseException e) {
            throw new IllegalStateException("\"" + name + "\" was accepted as a domain name and cannot be encoded", e);
        }
    }

    static DomainName fromWire(Name name) {
        return DomainName.of(name.toString());
    }

    /** The labels of a name as the Labels field of an RRSIG counts them: without the root and a leading asterisk (RFC 4034 §3.1.3). */
    static int signedLabels(Name name) {
        return name.labels() - 1 - (name.isWild() ? 1 : 0);
    }

    /** The rightmost labels of a name, not counting the root. */
    static Name suffix(Name name, int labels) {
        return new Name(name, name.labels() - 1 - labels);
    }

    static boolean isBelow(Name name, Name ancestor) {
        return name.labels() > ancestor.labels() && name.subdomain(ancestor);
    }

    static Name parent(Name name) {
        return new Name(name, 1);
    }

    /** The asterisk label below a name (RFC 4592 §2.1.1); a name that is too long for it cannot exist. */
    static Name wildcardBelow(Name name) throws NameTooLongException {
        return Name.concatenate(WILDCARD, name);
    }

    /** The longest name at or above both. */
    static Name commonAncestor(Name a, Name b) {
        Name ancestor = a;
        while (!b.subdomain(ancestor)) {
            ancestor = parent(ancestor);
        }
        return ancestor;
    }
}
