/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * HTTPS to hosts that strangers name, and the public CAs that prove who such a host is.
 *
 * <p>A domain chooses what its policy host is called, where it stands and what it sends (RFC 8461 §3.3). So every part of a fetch has a
 * bound, and none leads anywhere but to that host:
 * <ul>
 * <li>{@link org.jamesdane.https.PolicyHosts} makes one request for a fetch, within one time limit for all of its steps. Fetches at one
 * time are limited for each purpose and each address.
 * <li>Hosts are looked up by the DNS of deliveries. Private and special addresses are left out as they are for mail.
 * <li>The TLS stack is that of deliveries, and so is the verifier of certificates. The name must be a DNS-ID (RFC 8461 §3.3).
 * <li>The answer is read by the HTTP/1.1 parser of Apache HttpComponents. It must have status 200, the type text/plain and a length of
 * its own. Redirects, codings and answers that end with the connection are failures.
 * <li>{@link org.jamesdane.https.PlatformAuthorities} reads the CAs that the Java platform trusts, for mail hosts and gateways as well.
 * </ul>
 *
 * <p>Deliberately not here: when a policy is fetched, and what is kept ({@code org.jamesdane.mtasts} decides). Revocation is not checked.
 */
@NullMarked
package org.jamesdane.https;

import org.jspecify.annotations.NullMarked;
