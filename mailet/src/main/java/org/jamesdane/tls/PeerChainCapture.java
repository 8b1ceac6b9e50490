/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Keeps the certificates of one handshake as they came, whatever they are, and refuses those of any later handshake.
 *
 * <p>It is an <em>extended</em> trust manager on purpose: around a plain one the platform puts checks of its own, of algorithms
 * and key sizes along the chain, under which certificates would fail that a DANE-EE record matches (RFC 7672 §3.1.1).
 */
final class PeerChainCapture extends X509ExtendedTrustManager {
    /** Handshakes of one connection never overlap. */
    private volatile List<X509Certificate> captured = List.of();

    /** The certificates of the handshake, the leaf first; empty before it. */
    List<X509Certificate> chain() {
        return captured;
    }

    private void capture(X509Certificate[] chain) throws CertificateException {
        if (chain.length == 0) {
            throw new CertificateException("The peer sent no certificate");
        }
        // A second handshake (TLS 1.2 renegotiation) could put another peer behind a verdict that is already made.
        if (!captured.isEmpty()) {
            throw new CertificateException("The peer started a second handshake, which is not allowed");
        }
        captured = List.of(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        capture(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
        capture(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        capture(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw clientsAreNotServed();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
        throw clientsAreNotServed();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        throw clientsAreNotServed();
    }

    private static CertificateException clientsAreNotServed() {
        return new CertificateException("This is the client of the connection");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
