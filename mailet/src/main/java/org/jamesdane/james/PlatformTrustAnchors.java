/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The public CAs that the Java platform trusts. */
final class PlatformTrustAnchors {
    private PlatformTrustAnchors() {
    }

    static Set<X509Certificate> all() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            return Arrays.stream(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .flatMap(manager -> Arrays.stream(((X509TrustManager) manager).getAcceptedIssuers()))
                .collect(Collectors.toUnmodifiableSet());
        } catch (NoSuchAlgorithmException | KeyStoreException e) {
            throw new ConfigurationError("The Java platform's list of public CAs can't be read, and the gateways' identity is to be "
                + "verified with it.", e);
        }
    }
}
