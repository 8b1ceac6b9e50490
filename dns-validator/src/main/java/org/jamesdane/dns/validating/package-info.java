/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * DNSSEC validation: answers of {@link org.jamesdane.dns.SecureDns} with their proofs.
 * {@link org.jamesdane.dns.validating.ValidatingDns} is the entry point, {@link org.jamesdane.dns.validating.ValidatorConfig} its
 * settings.
 *
 * <p><b>A look-up of TLSA records.</b> A failure is neither an answer nor an absence: its caller tries again later.
 * <pre>{@code
 * ValidatorConfig config = ValidatorConfig.builder().upstreams(List.of(new InetSocketAddress("192.0.2.53", 53))).build();
 * try (ValidatingDns dns = ValidatingDns.create(config, Clock.systemUTC(), new SecureRandom())) {
 *     DomainName name = DomainName.of("_25._tcp.mx.example.org");
 *     Lookup<TlsaRecord> lookup = dns.lookup(name, RecordType.TLSA).toCompletableFuture().join();
 *     if (lookup instanceof Lookup.Found<TlsaRecord> found && found.proof().security() == Security.SECURE) {
 *         found.records().forEach(System.out::println);
 *     } else if (lookup instanceof Lookup.Failed<TlsaRecord> failed) {
 *         System.out.println(failed.reason() + ": " + failed.text());
 *     }
 * }
 * }</pre>
 *
 * <p><b>What is proved.</b> An answer is secure if a chain of signatures leads to it from a trust anchor (RFC 4035 §5). The anchor vouches
 * for a key of the root. That key signs the root's keys, and one of the root's keys signs the DS record of the next zone. So it goes on
 * down to the zone that signed the answer. "There is no such record" is an answer as well, and proved by signed NSEC or NSEC3 records.
 *
 * <p>An answer is insecure if it is <em>proved</em> that no such chain exists. Insecurity switches DANE off, so an attacker wants it. The
 * only proofs of it are those that {@link org.jamesdane.dns.Proof.Cause} lists. The class {@code InsecurityProofs} makes them all, and
 * takes only what was verified. Two proofs are denials: the parent's denial of the DS at the very name, and a closest-encloser proof with
 * Opt-Out. Two are limits of this validator: a DS RRset without any algorithm we know, and an NSEC3 that asks for too much hashing. Beside
 * these proofs stands the operator's own word. Everything else that is not secure is a {@link org.jamesdane.dns.Lookup.Failed}. Examples
 * are a missing or wrong signature, a denial that does not fit, a resolver that drops records, a timeout and an exception.
 *
 * <p><b>How.</b> The question is asked first ({@code ChainValidator}). Then a walk ({@code DelegationWalk}) begins at the deepest zone
 * already known. Its target is the zone that claims to have signed the answer, or for an unsigned answer the name itself. At each name on
 * the way the DS record is asked for. The reply is judged by its proof and never by its response code ({@code DelegationJudge}). A verified
 * DS that leads to verified keys makes the name a signed zone. One of the proofs above makes it insecure. A verified denial that shows no
 * delegation, or an alias, means that no zone begins there. A signer that is reached without a DS is bogus. The zone's keys then verify the
 * answer ({@code RrsetVerifier}, {@code AnswerJudge}), and its denials are put together ({@code NsecDenial}, {@code Nsec3Denial}). The
 * rules of RFC 6840 §4 apply, against genuine records that are replayed out of their place.
 *
 * <p><b>Before anything is called bogus</b>, everything it rests on is asked for again over TCP, from another resolver, and from one that
 * validates by itself. Each reply is judged in the same way. One forged packet or one stale server does not stop mail.
 *
 * <p><b>What is bounded.</b> A question has a {@code Budget} of queries, signatures, hashes and time. Replies, RRsets, keys and DS records
 * have limits of their own, each a named constant with its source. Zones, answers and failures are kept in caches bounded by the heap they
 * take ({@code HeapWeigher}). An entry is kept no longer than its TTLs and signatures allow. Work that was begun before a flush or a change
 * of the trust anchors is neither kept nor shared after it. Signatures are computed on as many threads as there are processors; the one
 * thread that does the I/O ({@code DnsTransport}) computes nothing. The JDK computes signatures, or a faster provider that the operator put
 * on the class path and that passes its test. Of that provider only the "yes" counts ({@code SignatureProviders}).
 *
 * <p><b>Trust anchors</b> follow the roll-overs of their owner where {@link org.jamesdane.dns.validating.AnchorManagement} is set
 * (RFC 5011): {@code AnchorLife} is the state table, {@code ManagedAnchors} asks and remembers, {@code FileAnchorJournal} keeps. What was
 * revoked stays so for ever, and a zone without any anchor left is not answered for, in place of being insecure.
 *
 * <p><b>What is deliberately not done.</b> Denials are not used for names that were not asked for (RFC 8198). No stale answers are given
 * (RFC 8767). Wildcard DS records, and aliases from a wildcard in place of a DS, are bogus.
 */
@NullMarked
package org.jamesdane.dns.validating;

import org.jspecify.annotations.NullMarked;
