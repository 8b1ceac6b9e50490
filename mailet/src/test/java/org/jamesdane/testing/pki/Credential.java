/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;

/**
 * Key of a TLS server, and its certificates in the order in which the server shows them.
 *
 * @param privateKey the key of the first certificate
 * @param chain the certificates; at first the leaf and its issuers up to and including the root, since DANE-TA(2) may need the root
 *     on the wire (RFC 7671 §5.2.2)
 */
public record Credential(PrivateKey privateKey, List<X509Certificate> chain) {
    public Credential {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("a chain to show needs at least one certificate");
        }
    }

    /** The first certificate. */
    public X509Certificate certificate() {
        return chain.get(0);
    }

    /** Shows the leaf alone. */
    public Credential leafOnly() {
        return new Credential(privateKey, chain.subList(0, 1));
    }

    /** Leaves out the last certificate, as servers that rely on the root being known do. */
    public Credential withoutRoot() {
        return new Credential(privateKey, chain.subList(0, Math.max(1, chain.size() - 1)));
    }

    /** Leaves out this certificate. */
    public Credential without(X509Certificate certificate) {
        return new Credential(privateKey, chain.stream().filter(one -> !one.equals(certificate)).toList());
    }

    /** Shows the leaf first and then its issuers in reverse order. */
    public Credential issuersReversed() {
        List<X509Certificate> reversed = new ArrayList<>(chain.subList(1, chain.size()));
        Collections.reverse(reversed);
        reversed.add(0, certificate());
        return new Credential(privateKey, reversed);
    }

    /** Shows these certificates as well, behind all others. */
    public Credential withStrangers(X509Certificate... strangers) {
        List<X509Certificate> longer = new ArrayList<>(chain);
        longer.addAll(Arrays.asList(strangers));
        return new Credential(privateKey, longer);
    }

    /** Shows these certificates as well, between the leaf and its issuers. */
    public Credential withStrangersBehindLeaf(X509Certificate... strangers) {
        List<X509Certificate> longer = new ArrayList<>(chain);
        longer.addAll(1, Arrays.asList(strangers));
        return new Credential(privateKey, longer);
    }

    /** Shows exactly these certificates; the first must be of the key for a handshake to succeed. */
    public Credential showing(List<X509Certificate> certificates) {
        return new Credential(privateKey, certificates);
    }

    /** The TLSA fields that name the first certificate or its key, for usage 3 (DANE-EE) or 1 (PKIX-EE). */
    public Association association(int usage, int selector, int matchingType) {
        return Association.of(usage, selector, matchingType, certificate());
    }

    /** A key manager that shows this chain to everybody. */
    public KeyManager keyManager() {
        return new FixedKeyManager(this);
    }

    /** A context for servers that show this chain to everybody. */
    public SSLContext serverContext() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {keyManager()}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
    }

    /**
     * A PKCS #12 store with this key and chain under the alias {@code tls}, for servers that read one.
     *
     * @param password protects the store and the key
     */
    public KeyStore keyStore(char[] password) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("tls", privateKey, password, chain.toArray(new X509Certificate[0]));
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this key and chain do not go into a PKCS #12 store", e);
        }
    }
}
