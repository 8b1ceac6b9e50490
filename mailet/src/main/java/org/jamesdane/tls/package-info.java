/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The TLS client side of a delivery: it makes a handshake and shows who answered, and decides nothing.
 *
 * <p>RFC 7672 decides if the peer is the right one, not this package. The octets of every certificate are taken as they come and handed
 * over as {@link org.jamesdane.dane.channel.Channel.Tls#peerChain()}. {@code org.jamesdane.dane} judges them before the first octet of an
 * envelope is sent. The handshake itself proves the possession of the leaf's private key. For that the key is cut out of the leaf, and
 * nothing else of the leaf is read ({@link org.jamesdane.tls.LeafKey}).
 *
 * <p>Deliberately not checked here: names, dates, key usage, signatures of certificates, trust anchors, revocation. With
 * DANE-EE(3) none of them counts (RFC 7672 §3.1.1), with DANE-TA(2) other rules than a TLS library's do.
 *
 * <p>The protocol is that of Bouncy Castle's low-level API over blocking streams. Its cryptography is the Java platform's where that has
 * the algorithm ({@link org.jamesdane.tls.TlsCryptography}), whatever providers are registered; none is registered by us. Our own are
 * the bounds on what a message may claim ({@link org.jamesdane.tls.BoundedProtocol}), the key of the leaf, and the offer
 * ({@link org.jamesdane.tls.Client}).
 *
 * <p>No session is resumed and none renegotiated: each connection is one full handshake in which the peer proves itself. The channel
 * comes into being after the handshake has returned, and only then can a permit be issued for it.
 */
@NullMarked
package org.jamesdane.tls;

import org.jspecify.annotations.NullMarked;
