/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The TLS client side of a delivery: it makes a handshake and shows who answered, and decides nothing.
 *
 * <p>Whether the peer is the right one is a question of RFC 7672, not of this package: every certificate chain is taken as it
 * comes, handed over as {@link org.jamesdane.dane.Channel.Tls#peerChain()}, and judged by {@code org.jamesdane.dane} before the
 * first octet of an envelope is sent. The possession of the leaf's private key is proved by the handshake itself.
 *
 * <p>What is deliberately not checked here: names, dates, key usage, signatures of certificates, trust anchors, revocation. With
 * DANE-EE(3) none of them counts (RFC 7672 §3.1.1), with DANE-TA(2) other rules than the platform's do.
 *
 * <p>What the Java platform refuses nevertheless, before we see a certificate: the protocols, suites and keys of the security
 * property {@code jdk.tls.disabledAlgorithms}, certificates its parser cannot read, and chains longer than
 * {@code jdk.tls.maxCertificateChainLength}. These stay as the administrator of the virtual machine set them.
 *
 * <p>No session is resumed: each connection has a context of its own, so each is a full handshake in which the peer proves
 * itself with a certificate. A renegotiation (TLS 1.2) would change the peer behind an established verdict; it ends the
 * connection.
 */
@NullMarked
package org.jamesdane.tls;

import org.jspecify.annotations.NullMarked;
