/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * A signed DNS of its own for tests and demonstrations: a root, top-level domains and any zones, with fresh keys, served on the
 * loopback interface by one server that answers as a recursive resolver would.
 *
 * <pre>{@code
 * try (SignedDns dns = SignedDns.world()
 *         .zone("good.example").mx(10, "mx.good.example").a("mx", "127.0.0.2").tlsa("_25._tcp.mx", 3, 1, 1, digest)
 *         .zone("plain.example").unsigned().mx(10, "mx.plain.example").a("mx", "127.0.0.3")
 *         .zone("broken.example").a("www", "127.0.0.4").signatures("www", "A", Signatures.EXPIRED)
 *         .start()) {
 *     // a validator that trusts dns.trustAnchor() and asks 127.0.0.1 port dns.port()
 *     dns.fault("_25._tcp.mx.good.example", "TLSA", Fault.servFail());
 *     dns.zone("good.example").remove("_25._tcp.mx", "TLSA");
 *     dns.questions();
 * }
 * }</pre>
 *
 * <p>{@link org.jamesdane.testing.dns.SignedWorld} is the data, {@link org.jamesdane.testing.dns.SignedZone} one zone of it, and
 * {@link org.jamesdane.testing.dns.SignedDns} a server. A zone is signed with one P-256 key and denies with NSEC unless it says
 * otherwise, and the zone above it has its DS record. Everything can be changed while servers run; signatures are made when they are
 * first needed and kept as long as what they sign stays the same.
 *
 * <p>What can be wrong is set on the zone where it is a matter of the data (signatures, keys, DS records), as a
 * {@link org.jamesdane.testing.dns.Fault} on the server where it is a matter of the resolver (no reply, SERVFAIL, truncation), and
 * as a {@link org.jamesdane.testing.dns.SignedDns.Rewrite} where it is an attacker's work. For forged replies,
 * {@link org.jamesdane.testing.dns.SignedWorld#signed signed} and {@link org.jamesdane.testing.dns.SignedWorld#denial denial} give
 * genuine signed records to replay.
 *
 * <p>Not there: name servers of single zones (the answers come from the whole world at once), zone transfers, updates, questions of
 * type RRSIG and NSEC3, caching and its ageing TTLs.
 */
@NullMarked
package org.jamesdane.testing.dns;

import org.jspecify.annotations.NullMarked;
