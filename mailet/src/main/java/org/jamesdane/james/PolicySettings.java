/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.tlsa.TlsaSearch;

/**
 * Settings {@code policy.*} of dane.properties.
 *
 * @param byDefault the policy of destinations without one of their own
 * @param insecureMx what the TLSA records of a host count that unsigned MX records named
 * @param honourTlsOptional whether the header field {@code TLS-Required: No} eases what a recipient's domain publishes
 */
record PolicySettings(Policy byDefault, TlsaSearch.InsecureMx insecureMx, boolean honourTlsOptional) {
    static PolicySettings parse(StrictSettings settings) {
        return new PolicySettings(
            settings.value("policy.default", "one of the policies none, may, encrypt, audit, dane, dane-encrypt, dane-only", Policy::parse)
                .orElse(Policy.DANE),
            settings.value("policy.insecure-mx", "dane or opportunistic", PolicySettings::insecureMx).orElse(TlsaSearch.InsecureMx.DANE),
            settings.bool("policy.honour-tls-required-no", false));
    }

    private static TlsaSearch.InsecureMx insecureMx(String word) {
        return switch (word) {
            case "dane" -> TlsaSearch.InsecureMx.DANE;
            case "opportunistic" -> TlsaSearch.InsecureMx.OPPORTUNISTIC;
            default -> throw new IllegalArgumentException();
        };
    }
}
