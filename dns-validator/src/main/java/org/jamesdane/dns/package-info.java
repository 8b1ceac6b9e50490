/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * DNS answers as values, each with the proof of its security.
 *
 * <p>The one port is {@link org.jamesdane.dns.SecureDns}: a question is a name and a {@link org.jamesdane.dns.RecordType}, the answer a
 * {@link org.jamesdane.dns.Lookup}. An answer is records, an alias, no data or no such name. Each answer has a security ({@link
 * org.jamesdane.dns.Proof.Secure} or {@link org.jamesdane.dns.Proof.Insecure}). A failure ({@link org.jamesdane.dns.Lookup.Failed}) is no
 * answer and has no security at all.
 *
 * <p><b>Secure</b> means a chain of signatures was verified from a configured trust anchor to the answer (RFC 4035 §5). <b>Insecure</b>
 * means it was <em>proved</em> that no such chain exists, for example by a signed denial of the DS record of the zone (RFC 4035 §5.2).
 * Insecure never means that something was missing or did not verify. All else is bogus or a failed lookup, and the caller has to try again
 * later (RFC 7672 §2.1.1).
 *
 * <p>Nothing here knows mail, James, or a DNS library; the validator is in {@code org.jamesdane.dns.validating},
 * whose page begins with an example.
 */
@NullMarked
package org.jamesdane.dns;

import org.jspecify.annotations.NullMarked;
