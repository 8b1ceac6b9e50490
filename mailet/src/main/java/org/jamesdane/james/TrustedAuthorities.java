/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.https.CertificateFile;
import org.jamesdane.https.PlatformAuthorities;

/**
 * The CAs that prove names where no TLSA records do. The names are those of policy hosts, of MX hosts under MTA-STS, of gateways, and of
 * hosts for mail with REQUIRETLS.
 *
 * @param own the CAs of the setting {@code pki.authorities}; empty for those that the Java platform trusts
 */
record TrustedAuthorities(Optional<Authorities> own) {
    private static final String KEY = "pki.authorities";

    /** The CAs that the Java platform trusts. */
    static final TrustedAuthorities PLATFORM = new TrustedAuthorities(Optional.empty());

    static TrustedAuthorities parse(StrictSettings settings, DaneProperties.Surroundings surroundings) {
        return new TrustedAuthorities(settings.text(KEY).map(location -> read(settings, surroundings.file(KEY, location))));
    }

    private static Authorities read(StrictSettings settings, Path file) {
        try {
            return Authorities.own(Set.copyOf(CertificateFile.read(file)));
        } catch (IOException e) {
            throw settings.refuse(KEY, String.valueOf(e.getMessage()));
        }
    }

    /**
     * The CAs.
     *
     * @throws ConfigurationError if the platform's list cannot be read
     */
    Authorities read() {
        return own.orElseGet(TrustedAuthorities::ofPlatform);
    }

    private static Authorities ofPlatform() {
        try {
            return PlatformAuthorities.read();
        } catch (GeneralSecurityException e) {
            throw new ConfigurationError("The Java platform's list of public CAs can't be read, and the names of hosts are to be verified "
                + "with it; pki.authorities in " + DaneProperties.SOURCE + " can name a file of CAs in its place.", e);
        }
    }
}
