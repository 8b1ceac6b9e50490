/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.text.PrintableText;

/**
 * The public CAs that the Java platform trusts, with the platform's veto. From some of these the platform accepts no certificates that were
 * issued after a date ({@code jdk.security.caDistrustPolicies}), which its list alone does not show.
 */
public final class PlatformAuthorities {
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_ENCIPHERMENT = 2;
    /** Words by which the platform knows how a server proves its key; each asks for another key usage. */
    private static final String SIGNING = "UNKNOWN";
    private static final String DECRYPTING = "RSA";
    private static final String AGREEING = "ECDH_ECDSA";

    private PlatformAuthorities() {
    }

    /**
     * Reads the platform's list.
     *
     * @throws GeneralSecurityException if the list cannot be read
     */
    public static Authorities read() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        Set<X509Certificate> roots = Set.of(manager(factory).getAcceptedIssuers());
        return roots.isEmpty() ? Authorities.NONE : Authorities.ofPublic(roots, vetoOf(managerOf(roots)));
    }

    /** The platform's trust manager for those CAs. It asks nobody about revocation, whatever the properties of the JVM say. */
    static X509TrustManager managerOf(Set<X509Certificate> roots) throws GeneralSecurityException {
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(
            roots.stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet()), new X509CertSelector());
        parameters.setRevocationEnabled(false);
        ManagerFactoryParameters wrapped = new CertPathTrustManagerParameters(parameters);
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(wrapped);
        return manager(factory);
    }

    private static X509TrustManager manager(TrustManagerFactory factory) throws GeneralSecurityException {
        return Arrays.stream(factory.getTrustManagers()).filter(X509TrustManager.class::isInstance).map(X509TrustManager.class::cast)
            .findFirst().orElseThrow(() -> new GeneralSecurityException("the platform has no trust manager for X.509 certificates"));
    }

    /** The veto of a trust manager, which is shown the path that was found and nothing else. */
    static Authorities.Veto vetoOf(X509TrustManager manager) {
        return (path, anchor) -> {
            try {
                manager.checkServerTrusted(path.toArray(X509Certificate[]::new), proof(path.get(0)));
                return Optional.empty();
            } catch (CertificateException | RuntimeException e) {
                // The octets are a stranger's: an unchecked exception about them is a refusal like any other.
                return Optional.of("the Java platform refuses the path: " + PrintableText.of(String.valueOf(e.getMessage())));
            }
        };
    }

    /** A way to prove the key that the certificate's key usage allows, since which way was taken is not the path's business. */
    private static String proof(X509Certificate leaf) {
        boolean[] usage = leaf.getKeyUsage();
        if (usage == null || usage[DIGITAL_SIGNATURE]) {
            return SIGNING;
        }
        return usage[KEY_ENCIPHERMENT] ? DECRYPTING : AGREEING;
    }
}
