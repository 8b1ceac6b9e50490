/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Clock;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;

/**
 * Looks up records through recursive resolvers and validates them with DNSSEC.
 *
 * <p>One per process; safe for any number of threads.
 */
public final class ValidatingDns implements SecureDns, AutoCloseable {
    private final ResolverBackedSecureDns backend;

    private ValidatingDns(ResolverBackedSecureDns backend) {
        this.backend = backend;
    }

    /**
     * Starts a validator.
     *
     * @param clock the time signatures and cached answers are judged by
     * @param random where message ids come from; must not be predictable ({@link java.security.SecureRandom})
     */
    public static ValidatingDns create(ValidatorConfig config, Clock clock, RandomGenerator random) {
        return new ValidatingDns(new ResolverBackedSecureDns(config, clock));
    }

    @Override
    public <R extends DnsRecord> CompletionStage<Lookup<R>> lookup(DomainName name, RecordType<R> type) {
        return backend.lookup(name, type);
    }

    /** Stops; questions that are under way fail with {@link Lookup.Reason#NOT_READY}. Can be called more than once. */
    @Override
    public void close() {
        backend.close();
    }
}
