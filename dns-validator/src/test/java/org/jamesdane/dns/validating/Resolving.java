/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.testing.dns.SignedDns;

/** A validator at work on signed worlds. */
final class Resolving implements AutoCloseable {
    private final ValidatingDns dns;

    private Resolving(ValidatingDns dns) {
        this.dns = dns;
    }

    /** With the first world's anchors, asking the servers in this order. */
    static Resolving by(SignedDns... servers) {
        return by(Clock.systemUTC(), builder -> builder, servers);
    }

    static Resolving by(Clock clock, UnaryOperator<ValidatorConfig.Builder> settings, SignedDns... servers) {
        ValidatorConfig.Builder builder = ValidatorConfig.builder()
            .upstreams(Arrays.stream(servers).map(SignedDns::address).toList())
            .trustAnchors(TrustAnchors.parse(List.of(servers[0].trustAnchor().split("\n"))))
            .timeout(Duration.ofSeconds(10));
        ValidatingDns dns = ValidatingDns.create(settings.apply(builder).build(), clock, new SecureRandom());
        // What a test does to the servers afterwards is not done to the self-test.
        dns.firstSelfTest().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
        return new Resolving(dns);
    }

    ValidatingDns dns() {
        return dns;
    }

    <R extends DnsRecord> Lookup<R> lookup(String name, RecordType<R> type) {
        return dns.lookup(DomainName.of(name), type).toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        dns.close();
    }
}
