/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.sts;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;

import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.mtasts.CachedPolicy;
import org.jamesdane.mtasts.PolicyCache;
import org.jamesdane.mtasts.PolicyFetch;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.mtasts.StsState;

/** The real search for policies, over a policy host that says what the test wants, and a cache in memory. */
public final class StsWorld implements PolicyCache {
    public static final DomainName DOMAIN = DomainName.of("example.com");
    public static final String TXT = "_mta-sts.example.com";

    /** The result of each fetch; a policy host that cannot be reached to begin with. */
    public PolicyFetch served = failing();
    /** Domains and purposes of the fetches. */
    public final List<String> fetched = new ArrayList<>();
    /** The kept policies. */
    public final Map<DomainName, CachedPolicy> policies = new LinkedHashMap<>();
    /** Names that were to be asked for anew. */
    public final List<DomainName> forgotten = new ArrayList<>();
    Optional<String> unreadable = Optional.empty();
    public Executor threads = Runnable::run;
    InstantSource clock = InstantSource.system();
    /** The domains whose policies are not followed. */
    public StsExceptions exceptions = StsExceptions.NONE;
    /** True while the cache takes no new policy. */
    public boolean full;
    /** True while another node fetches policies anew. */
    boolean claimed;

    /** A policy of that mode for those hosts, with a lifetime of a week. */
    public static PolicyFetch policy(String mode, String... hosts) {
        StringBuilder text = new StringBuilder("version: STSv1\nmode: ").append(mode).append("\nmax_age: 604800\n");
        for (String host : hosts) {
            text.append("mx: ").append(host).append('\n');
        }
        return PolicyFetch.of(text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    public static PolicyFetch failing() {
        return new PolicyFetch.Failed(PolicyFetch.Cause.UNAVAILABLE, "the policy host cannot be reached");
    }

    /** Makes a cache that can't be read. */
    public void makeUnreadable() {
        unreadable = Optional.of("the disk is on fire");
    }

    /** The kept policy of the domain. */
    CachedPolicy policy() {
        return Optional.ofNullable(policies.get(DOMAIN)).orElseThrow();
    }

    PolicyFetches fetches() {
        return new PolicyFetches((domain, purpose) -> {
            fetched.add(domain + " " + purpose);
            return served;
        }, this, new PolicyFetches.Threads(threads, threads), clock, new Random(1));
    }

    public StsLookup lookup(SecureDns dns) {
        return new StsLookup(dns, this, fetches(), clock, forgotten::add);
    }

    /** The terms with a room in which two mails may wait, for as long as the test wants. */
    public StsTerms terms(SecureDns dns, PolicyWaitingRoom room, X509Certificate... anchors) {
        return new StsTerms(StsDemand.Use.ENFORCE, false, Authorities.own(Set.of(anchors)), lookup(dns), room);
    }

    public StsTerms terms(SecureDns dns, StsDemand.Use use, X509Certificate... anchors) {
        return new StsTerms(use, false, Authorities.own(Set.of(anchors)), lookup(dns), PolicyWaitingRoom.NONE, exceptions);
    }

    @Override
    public StsState.Kept kept(DomainName domain) {
        return unreadable.<StsState.Kept>map(StsState.Unreadable::new).orElseGet(() -> policies.containsKey(domain)
            ? new StsState.Policy(policies.get(domain)) : new StsState.Nothing());
    }

    @Override
    public void keep(DomainName domain, CachedPolicy policy, Instant now) {
        if (!full || policies.containsKey(domain)) {
            policies.put(domain, policy);
        }
    }

    @Override
    public boolean claim(DomainName domain) {
        return !claimed;
    }

    @Override
    public void used(DomainName domain, Instant now) {
        policies.computeIfPresent(domain, (name, policy) -> policy.usedAt(now));
    }

    @Override
    public Map<DomainName, CachedPolicy> due(Instant now, int most) {
        Map<DomainName, CachedPolicy> due = new LinkedHashMap<>(policies);
        due.values().removeIf(policy -> !policy.wantsRefresh(now));
        return due;
    }
}
