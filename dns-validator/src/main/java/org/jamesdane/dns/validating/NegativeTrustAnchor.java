/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Instant;

import org.jamesdane.dns.DomainName;

/**
 * An operator's word that a domain is to be taken as insecure although its DNSSEC is broken (RFC 7646).
 *
 * @param zone the domain; everything below it is meant too
 * @param expiry when it ends by itself
 * @param reason why it was set, for people
 */
public record NegativeTrustAnchor(DomainName zone, Instant expiry, String reason) {
}
