/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.tlsa.TlsaSearch;

/**
 * Settings of dane.properties for what destinations are held to: {@code policy.*}, {@code mta-sts.*}, {@code https.*}, {@code pki.*}.
 *
 * @param byDefault the policy of destinations without one of their own
 * @param insecureMx what the TLSA records of a host count that unsigned MX records named
 * @param honourTlsOptional whether the header field {@code TLS-Required: No} eases what a recipient's domain publishes
 * @param mtaSts the use of MTA-STS
 * @param authorities the CAs that prove names where no TLSA records do
 */
record PolicySettings(Policy byDefault, TlsaSearch.InsecureMx insecureMx, boolean honourTlsOptional, MtaStsSettings mtaSts,
        TrustedAuthorities authorities) {
    static PolicySettings parse(StrictSettings settings, DaneProperties.Surroundings surroundings) {
        return new PolicySettings(
            settings.value("policy.default",
                "one of the policies none, may, encrypt, audit, dane, dane-encrypt, authenticated, dane-only", Policy::parse)
                .orElse(Policy.DANE),
            settings.value("policy.insecure-mx", "dane or opportunistic", PolicySettings::insecureMx).orElse(TlsaSearch.InsecureMx.DANE),
            settings.bool("policy.honour-tls-required-no", false),
            MtaStsSettings.parse(settings),
            TrustedAuthorities.parse(settings, surroundings));
    }

    private static TlsaSearch.InsecureMx insecureMx(String word) {
        return switch (word) {
            case "dane" -> TlsaSearch.InsecureMx.DANE;
            case "opportunistic" -> TlsaSearch.InsecureMx.OPPORTUNISTIC;
            default -> throw new IllegalArgumentException();
        };
    }
}
