/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.Security;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SignedZone;

/** A signed world, a server for it, and a validator that trusts its root and asks that server. */
final class Lab implements AutoCloseable {
    /** Longer than anything takes on a busy machine: no test waits for it to pass. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final Map<String, RecordType<?>> TYPES = Map.of("A", RecordType.A, "AAAA", RecordType.AAAA,
        "CNAME", RecordType.CNAME, "MX", RecordType.MX, "TLSA", RecordType.TLSA, "TXT", RecordType.TXT);

    private final SignedDns dns;
    private final ValidatingDns validator;

    private Lab(SignedDns dns, ValidatingDns validator) {
        this.dns = dns;
        this.validator = validator;
    }

    static Lab of(SignedZone zone) {
        return of(zone.world());
    }

    static Lab of(SignedWorld world) {
        SignedDns dns = world.start();
        return new Lab(dns, tested(validator(dns, List.of(dns.address()), TIMEOUT, Clock.systemUTC())));
    }

    static Lab of(SignedZone zone, Duration timeout, Clock clock) {
        SignedDns dns = zone.start();
        return new Lab(dns, tested(validator(dns, List.of(dns.address()), timeout, clock)));
    }

    static ValidatingDns validator(SignedDns anchor, List<InetSocketAddress> upstreams, Duration timeout, Clock clock) {
        ValidatorConfig config = ValidatorConfig.builder().upstreams(upstreams).timeout(timeout)
            .trustAnchors(TrustAnchors.parse(anchor.trustAnchor().lines().toList())).build();
        return ValidatingDns.create(config, clock, new SecureRandom());
    }

    /** The validator, when it has tested its resolvers, so that no question of that test is mixed up with those of ours. */
    private static ValidatingDns tested(ValidatingDns validator) {
        validator.firstSelfTest().toCompletableFuture().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        return validator;
    }

    /** The same server with another validator, whose caches are empty; this one's is closed. */
    Lab fresh() {
        validator.close();
        return new Lab(dns, tested(validator(dns, List.of(dns.address()), TIMEOUT, Clock.systemUTC())));
    }

    SignedDns dns() {
        return dns;
    }

    SignedWorld world() {
        return dns.served();
    }

    ValidatingDns validator() {
        return validator;
    }

    Lookup<?> lookup(String name, String type) {
        return lookup(name, type(type));
    }

    /** The type with this mnemonic. */
    static RecordType<?> type(String mnemonic) {
        return Objects.requireNonNull(TYPES.get(mnemonic), mnemonic);
    }

    Lookup<?> lookup(String name, RecordType<?> type) {
        return await(validator, name, type);
    }

    static Lookup<?> await(ValidatingDns validator, String name, RecordType<?> type) {
        return validator.lookup(DomainName.of(name), type).toCompletableFuture()
            .<Lookup<?>>thenApply(lookup -> lookup).orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** The verdict in words, see {@link #verdict(Lookup)}. */
    String ask(String name, String type) {
        return verdict(lookup(name, type));
    }

    /**
     * Result of a question, without the data: {@code found secure}, {@code alias insecure OPT_OUT}, {@code nodata secure},
     * {@code nxdomain secure}, {@code failed BOGUS} ……
     */
    static String verdict(Lookup<?> lookup) {
        if (lookup instanceof Lookup.Failed<?> failed) {
            return "failed " + failed.reason();
        }
        String kind = lookup.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        Proof proof = ((Lookup.Answer<?>) lookup).proof();
        return kind + (proof.security() == Security.SECURE ? " secure" : " insecure " + ((Proof.Insecure) proof).cause());
    }

    @Override
    public void close() {
        validator.close();
        dns.close();
    }
}
