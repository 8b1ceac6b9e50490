/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * MTA-STS as a sender applies it (RFC 8461).
 *
 * <p>A domain without DNSSEC can say by HTTPS that its mail hosts have TLS, and which names they have. A sender keeps that policy for as
 * long as it says. An attacker who later forges MX records, or takes STARTTLS out of a dialogue, gets no mail.
 *
 * <p>The package holds these rules as pure functions over values. Answers of the DNS and of the policy host come in from outside. So do
 * the time, random numbers and the policies kept so far:
 * <ol>
 * <li>{@link org.jamesdane.mtasts.StsRecord} reads the TXT record that announces a policy (RFC 8461 §3.1).
 * <li>{@link org.jamesdane.mtasts.StsPolicy} reads the policy itself (RFC 8461 §3.2), with its {@link org.jamesdane.mtasts.MxPattern}s.
 * <li>{@link org.jamesdane.mtasts.StsState} decides from the kept policy, the TXT record and the fetch which policy applies, and what is
 * kept.
 * <li>{@link org.jamesdane.mtasts.StsRules} makes of the policy that applies, and of DANE's decision, the requirement on a connection.
 * </ol>
 *
 * <p><b>MTA-STS never eases what DANE demands</b> (RFC 8461 §2). Where TLSA records authenticate a host, no public CA is asked.
 *
 * <p><b>A kept policy in mode {@code enforce} ends by its own lifetime alone</b>, which counts from the last fetch by HTTPS. Neither a lost
 * TXT record nor a failed fetch ends it, and no unchanged TXT record prolongs it (RFC 8461 §5.1, §10.2).
 */
@NullMarked
package org.jamesdane.mtasts;

import org.jspecify.annotations.NullMarked;
