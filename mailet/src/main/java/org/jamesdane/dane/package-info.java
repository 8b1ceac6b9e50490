/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * DANE for SMTP, as a sender applies it (RFC 7672, RFC 7671).
 *
 * <p>Mail between servers goes over TLS only if both sides offer it, and without DANE nobody checks the certificate. An attacker on the
 * path can take STARTTLS out of the dialogue, or answer with a certificate of his own. With DANE a domain says in signed DNS which
 * certificates its mail hosts have. A sender that finds such a record (TLSA) uses TLS or does not send. It sends only to a host whose
 * certificate or key matches.
 *
 * <p>The packages below hold these rules as pure functions over values: no I/O, no clock, no logging, no TLS stack. The time, the order
 * of equal preferences and each answer of the DNS come in from outside. Read them in the order in which a mail meets them:
 * <ol>
 * <li>{@link org.jamesdane.dane.policy}: the next hop, and the demands on it.
 * <li>{@link org.jamesdane.dane.routing}: the hosts to try, with the security of each step that named them.
 * <li>{@link org.jamesdane.dane.tlsa}: the TLSA records of a host.
 * <li>{@link org.jamesdane.dane.channel}: the requirement on a connection, and the permit to send over it, with the certificates of
 * {@link org.jamesdane.dane.pkix}.
 * <li>{@link org.jamesdane.dane.outcome}: the result for each recipient, made of the failures in {@link org.jamesdane.dane.failure}.
 * <li>{@link org.jamesdane.dane.trace}: the record of all that.
 * </ol>
 *
 * <p><b>Four things are never mixed up</b>, and have types of their own. An insecure answer is proved to be insecure, and leads to less
 * security but not to less delivery. Records may not exist. A failed look-up delays the mail. Certificates may not match. Only the first
 * two may end in clear text.
 *
 * <p><b>Names that count:</b> with DANE-EE none. With DANE-TA the TLSA base domain, and the next-hop domain, original and expanded, if
 * the domain has securely named the host.
 *
 * <p><b>Checks that are left out on purpose:</b> with DANE-EE everything but the match; revocation and Certificate Transparency; and
 * public CAs, but for gateways by configuration. {@code docs/divergences.md} has the choices, {@code docs/rfc-coverage.md} each rule with
 * the class that holds it and the test that shows it.
 */
@NullMarked
package org.jamesdane.dane;

import org.jspecify.annotations.NullMarked;
