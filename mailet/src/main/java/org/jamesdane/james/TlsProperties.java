/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jamesdane.tls.TlsCipherSuite;
import org.jamesdane.tls.TlsGroup;
import org.jamesdane.tls.TlsOffer;
import org.jamesdane.tls.TlsProtocol;

/** Reads {@code smtp.tls.*} of dane.properties. */
final class TlsProperties {
    private static final String CIPHER_SUITES = "smtp.tls.cipher-suites";

    private TlsProperties() {
    }

    static TlsOffer read(StrictSettings settings) {
        TlsOffer.Profile profile = settings.value("smtp.tls.profile", "interoperable or forward-secrecy", TlsProperties::profile)
            .orElse(TlsOffer.Profile.INTEROPERABLE);
        List<TlsProtocol> protocols = settings.list("smtp.tls.protocols", "TLSv1.2 and TLSv1.3 between commas", TlsProtocol::named);
        List<TlsCipherSuite> suites = settings.list(CIPHER_SUITES, "IANA names of cipher suites between commas, such as "
            + TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite::named);
        List<TlsGroup> groups = settings.list("smtp.tls.groups", "IANA names between commas, of "
            + Arrays.stream(TlsGroup.values()).map(TlsGroup::toString).collect(Collectors.joining(", ")), TlsGroup::named);
        try {
            return new TlsOffer(profile, Set.copyOf(protocols), suites, groups);
        } catch (IllegalArgumentException e) {
            throw settings.refuse(CIPHER_SUITES, String.valueOf(e.getMessage()));
        }
    }

    private static TlsOffer.Profile profile(String word) {
        return Arrays.stream(TlsOffer.Profile.values()).filter(each -> each.toString().equals(word)).findFirst()
            .orElseThrow(IllegalArgumentException::new);
    }
}
