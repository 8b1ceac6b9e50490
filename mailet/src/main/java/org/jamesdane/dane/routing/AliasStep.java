/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.routing;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.Security;

/**
 * Step from an alias to its target (RFC 7672 §2.1.3; a DNAME's synthesised CNAME counts as one).
 *
 * @param owner the alias
 * @param target what it stands for
 * @param proof how the step itself is proved, whatever stands before or behind it
 */
public record AliasStep(DomainName owner, DomainName target, Proof proof) {

    /** The security of this step alone. */
    public Security security() {
        return proof.security();
    }
}
