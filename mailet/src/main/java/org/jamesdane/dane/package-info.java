/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The rules of RFC 7672 and RFC 7671 for a sender, as pure functions over values: no I/O, no clock, no logging, no TLS stack. The time,
 * the order of equal preferences and every answer of the DNS come in from outside.
 *
 * <p>Read it in the order in which a mail meets it:
 * <ol>
 * <li>{@link org.jamesdane.dane.NextHop}, {@link org.jamesdane.dane.Policy} and {@link org.jamesdane.dane.PolicyTable}: where a mail
 * has to go, and what that destination is held to.
 * <li>{@link org.jamesdane.dane.Resolution} and {@link org.jamesdane.dane.Resolving}: aliases, step by step, with the security of each
 * (RFC 7672 §2.1.3).
 * <li>{@link org.jamesdane.dane.MxRouting}: from the next hop to the hosts to try (RFC 7672 §2.2.1, RFC 5321 §5.1, RFC 7505).
 * <li>{@link org.jamesdane.dane.HostAddresses}: the addresses of a host, before anything else is asked about it (RFC 7672 §2.2.2).
 * <li>{@link org.jamesdane.dane.BaseDomains}, {@link org.jamesdane.dane.TlsaSearch} and {@link org.jamesdane.dane.TlsaDiscovery}: at
 * which names its TLSA records may stand, and what was found there (RFC 7672 §2.2.2, §2.2.3).
 * <li>{@link org.jamesdane.dane.TlsaUsability}: which of them can be used (RFC 6698 §4.1, RFC 7671 §9).
 * <li>{@link org.jamesdane.dane.DanePolicy}: the decision table, from all that to a
 * {@link org.jamesdane.dane.TlsRequirement} (RFC 7672 §2.2, §6), with the names of {@code ReferenceNames} (RFC 7672 §3.2.2).
 * <li>{@link org.jamesdane.dane.ChannelCheck}: whether a connection meets the requirement; the only source of a
 * {@link org.jamesdane.dane.Permit}, without which nothing of a mail can be sent. The certificates are judged by
 * {@link org.jamesdane.dane.DaneVerifier} with {@code TrustPath}, {@code PathRules}, {@code NameConstraints} and
 * {@code PresentedNames} (RFC 7672 §3, RFC 5280 §6.1).
 * <li>{@link org.jamesdane.dane.OutcomeRules}, {@link org.jamesdane.dane.AuditRules} and {@link org.jamesdane.dane.LifetimeRule}: what
 * becomes of the mail (RFC 7672 §2.1.2).
 * <li>{@link org.jamesdane.dane.TraceRecorder} and {@link org.jamesdane.dane.DecisionTrace}: how all this is told.
 * </ol>
 *
 * <p><b>Four things are never mixed up</b>, and have types of their own: an answer that is insecure, which is proved to be so and leads
 * to less security but not to less delivery; records that do not exist; a lookup that failed, which delays; and certificates that do
 * not match. Only the first two may end in clear text.
 *
 * <p><b>Which names count:</b> with DANE-EE none. With DANE-TA the TLSA base domain, and the next-hop domain, original and expanded, if
 * the domain has securely named the host.
 *
 * <p><b>What is deliberately not checked:</b> with DANE-EE everything but the match; revocation and Certificate Transparency; and public
 * CAs, but for gateways by configuration. {@code docs/divergences.md} has the choices, {@code docs/rfc-coverage.md} every rule with
 * the class that holds it and the test that shows it.
 */
@NullMarked
package org.jamesdane.dane;

import org.jspecify.annotations.NullMarked;
