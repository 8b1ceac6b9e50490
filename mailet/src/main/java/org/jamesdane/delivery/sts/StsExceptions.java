/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.sts;

import java.util.Optional;

import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.StsException;

/** Port to the domains that an operator has excepted from their MTA-STS policies. Answers from memory. */
@FunctionalInterface
public interface StsExceptions {
    /** No exceptions. */
    StsExceptions NONE = domain -> Optional.empty();

    /** The exception for a domain that is in force now. */
    Optional<StsException> of(DomainName domain);
}
