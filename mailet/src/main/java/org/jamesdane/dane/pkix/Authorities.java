/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.pkix;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * CAs that may prove a host's name, and what is asked of a path of certificates below them.
 *
 * @param certificates the certificates of the CAs; without one, nothing is proved
 * @param rsaBits bits of the shortest RSA key on a path
 * @param veto asked about each path that obeys all other rules
 */
public record Authorities(Set<X509Certificate> certificates, int rsaBits, Veto veto) {
    private static final Veto NO_VETO = (path, anchor) -> Optional.empty();

    /** No CA at all. */
    public static final Authorities NONE = own(Set.of());
    /** Bits of the shortest RSA key below a public CA (CA/Browser Forum, Baseline Requirements §6.1.5). */
    public static final int PUBLIC_RSA_BITS = 2048;

    /** A second opinion on a path, which can only refuse one. */
    @FunctionalInterface
    public interface Veto {
        /**
         * The objection to a path, as one clause; empty without one.
         *
         * @param path from the leaf upwards, without the anchor
         * @param anchor the certificate of the CA above the path
         */
        Optional<String> against(List<X509Certificate> path, X509Certificate anchor);
    }

    public Authorities {
        certificates = Set.copyOf(certificates);
    }

    /** CAs of the operator's choice, who answers for them. */
    public static Authorities own(Set<X509Certificate> certificates) {
        return new Authorities(certificates, RsaNumbers.MIN_PROVING_BITS, NO_VETO);
    }

    /**
     * Public CAs, as a platform trusts them.
     *
     * @param veto the platform's own opinion, since it may distrust a CA of its list for certificates from some date on
     */
    public static Authorities ofPublic(Set<X509Certificate> certificates, Veto veto) {
        return new Authorities(certificates, PUBLIC_RSA_BITS, veto);
    }
}
