/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import org.jamesdane.dns.DomainName;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;

/** Between our names and those of the DNS library. */
final class Names {
    private Names() {
    }

    static Name toWire(DomainName name) {
        if (name.isRoot()) {
            return Name.root;
        }
        try {
            return Name.fromString(name.toString(), Name.root);
        } catch (TextParseException e) {
            throw new IllegalStateException("\"" + name + "\" was accepted as a domain name and cannot be encoded", e);
        }
    }

    static DomainName fromWire(Name name) {
        return DomainName.of(name.toString());
    }
}
