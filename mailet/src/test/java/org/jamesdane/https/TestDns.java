/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;

/** A DNS without signatures, in which every host has the addresses that a test wants. */
final class TestDns implements SecureDns {
    private static final Proof UNSIGNED = new Proof.Insecure(Proof.Cause.UNSIGNED_DELEGATION, DomainName.ROOT, List.of());

    private final Function<DomainName, List<InetAddress>> addresses;

    TestDns(Function<DomainName, List<InetAddress>> addresses) {
        this.addresses = addresses;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R extends DnsRecord> CompletionStage<Lookup<R>> lookup(DomainName name, RecordType<R> type) {
        int octets = type.equals(RecordType.A) ? 4 : type.equals(RecordType.AAAA) ? 16 : 0;
        List<R> records = addresses.apply(name).stream().filter(address -> address.getAddress().length == octets)
            .map(address -> (R) new AddressRecord(address)).toList();
        return CompletableFuture.completedFuture(records.isEmpty() ? new Lookup.NoData<>(name, UNSIGNED, Duration.ZERO)
            : new Lookup.Found<>(name, records, UNSIGNED, Duration.ZERO));
    }

    @Override
    public Optional<String> resolver(DomainName name, RecordType<?> type) {
        return Optional.empty();
    }
}
