/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.MxRecord;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.dns.TlsaRecord;
import org.jamesdane.dns.TxtRecord;
import org.jamesdane.testing.pki.Association;

/** Answers as told; what it was not told of has no data. Everything is secure, unless the world is unsigned. */
public final class FakeDns implements SecureDns {
    private final Map<String, Lookup<?>> answers = new HashMap<>();
    private final Proof proof;
    private Optional<RuntimeException> defect = Optional.empty();
    private Optional<String> resolver = Optional.empty();

    private FakeDns(Proof proof) {
        this.proof = proof;
    }

    public static FakeDns signed() {
        return new FakeDns(new Proof.Secure(Proof.Source.VALIDATED, List.of()));
    }

    public static FakeDns unsigned() {
        return new FakeDns(new Proof.Insecure(Proof.Cause.UNSIGNED_DELEGATION, DomainName.ROOT, List.of()));
    }

    public FakeDns mx(String domain, String... hosts) {
        List<MxRecord> records = new java.util.ArrayList<>();
        for (String host : hosts) {
            records.add(new MxRecord(10 * (records.size() + 1), DomainName.of(host)));
        }
        return found(domain, RecordType.MX, records);
    }

    public FakeDns address(String host, InetAddress address) {
        return found(host, RecordType.A, List.of(new AddressRecord(address)));
    }

    FakeDns addresses(String host, InetAddress... addresses) {
        return found(host, RecordType.A, java.util.Arrays.stream(addresses).map(AddressRecord::new).toList());
    }

    public FakeDns tlsa(String owner, Association association) {
        return found(owner, RecordType.TLSA, List.of(new TlsaRecord(association.usage(), association.selector(),
            association.matchingType(), association.octets())));
    }

    public FakeDns txt(String owner, String text) {
        return found(owner, RecordType.TXT, List.of(new TxtRecord(List.of(text.getBytes(StandardCharsets.US_ASCII)))));
    }

    public FakeDns failing(String owner, RecordType<?> type, Lookup.Reason reason) {
        answers.put(key(DomainName.of(owner), type), new Lookup.Failed<>(DomainName.of(owner), reason, Optional.empty(),
            "as the test wants it", OptionalInt.empty()));
        return this;
    }

    /** A failure with what a resolver said of it, and with what was proved before. */
    public FakeDns failing(String owner, RecordType<?> type, Lookup.Reason reason, OptionalInt extendedError, List<Proof.Link> proved) {
        answers.put(key(DomainName.of(owner), type), new Lookup.Failed<>(DomainName.of(owner), reason, Optional.empty(),
            "as the test wants it", extendedError, proved));
        return this;
    }

    public FakeDns missing(String owner, RecordType<?> type) {
        answers.put(key(DomainName.of(owner), type), new Lookup.NxDomain<>(DomainName.of(owner), proof, Duration.ZERO));
        return this;
    }

    /** From now on every question ends in this exception. */
    public void breakWith(RuntimeException exception) {
        defect = Optional.of(exception);
    }

    private <R extends DnsRecord> FakeDns found(String owner, RecordType<R> type, List<R> records) {
        answers.put(key(DomainName.of(owner), type), new Lookup.Found<>(DomainName.of(owner), records, proof, Duration.ofHours(1)));
        return this;
    }

    @Override
    @SuppressWarnings("unchecked") // The key holds the type of the records.
    public <R extends DnsRecord> CompletionStage<Lookup<R>> lookup(DomainName name, RecordType<R> type) {
        if (defect.isPresent()) {
            return CompletableFuture.failedFuture(defect.get());
        }
        Lookup<R> found = (Lookup<R>) answers.get(key(name, type));
        Lookup<R> answer = found == null ? new Lookup.NoData<>(name, proof, Duration.ZERO) : found;
        return resolver.isEmpty() ? CompletableFuture.completedFuture(answer)
            : new CompletableFuture<Lookup<R>>().completeOnTimeout(answer, 1, TimeUnit.MILLISECONDS);
    }

    @Override
    public Optional<String> resolver(DomainName name, RecordType<?> type) {
        return resolver;
    }

    /** All lookups go over it from now on, and take their time: none is answered out of a cache. */
    public FakeDns over(String name) {
        resolver = Optional.of(name);
        return this;
    }

    private static String key(DomainName name, RecordType<?> type) {
        return name + " " + type;
    }
}
