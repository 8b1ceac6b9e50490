/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.random.RandomGenerator;

import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.delivery.sts.PolicyFetches;
import org.jamesdane.delivery.sts.PolicyWaitingRoom;
import org.jamesdane.delivery.sts.StsLookup;
import org.jamesdane.delivery.sts.StsTerms;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.https.AlarmThread;
import org.jamesdane.https.PolicyHosts;
import org.jamesdane.mtasts.CachedPolicy;
import org.jamesdane.mtasts.PolicyCache;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.mtasts.StsState;

/** MTA-STS for one run of the command, which keeps no policies: what it finds is what a server finds that never met the domain. */
final class PolicySearch implements AutoCloseable {
    /** Time for one fetch, in which an operator waits. */
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final AlarmThread alarm = new AlarmThread();
    private final ThreadPoolExecutor threads = PolicyFetches.threads(1, "dane-check-fetch-");
    private final PolicyHosts hosts;
    private final StsTerms terms;

    PolicySearch(ValidatingDns dns, Authorities authorities, List<AddressRange> specialTargets, int port, RandomGenerator random) {
        Clock clock = Clock.systemUTC();
        hosts = new PolicyHosts(dns, new PolicyHosts.Terms(authorities, specialTargets, port, LIMIT), clock, alarm);
        PolicyCache cache = new Memory();
        PolicyFetches fetches = new PolicyFetches(hosts, cache, new PolicyFetches.Threads(threads, threads), clock, random);
        terms = new StsTerms(StsDemand.Use.ENFORCE, false, authorities, new StsLookup(dns, cache, fetches, clock, dns::flush),
            PolicyWaitingRoom.NONE);
    }

    StsTerms terms() {
        return terms;
    }

    @Override
    public void close() {
        threads.shutdown();
        hosts.close();
        alarm.close();
    }

    /** Policies of one run. */
    private static final class Memory implements PolicyCache {
        private final Map<DomainName, CachedPolicy> policies = new ConcurrentHashMap<>();

        @Override
        public StsState.Kept kept(DomainName domain) {
            return Optional.ofNullable(policies.get(domain)).<StsState.Kept>map(StsState.Policy::new).orElseGet(StsState.Nothing::new);
        }

        @Override
        public void keep(DomainName domain, CachedPolicy policy, Instant now) {
            policies.put(domain, policy);
        }

        @Override
        public void used(DomainName domain, Instant now) {
            // Nothing is fetched a second time.
        }

        @Override
        public Map<DomainName, CachedPolicy> due(Instant now, int most) {
            return Map.of();
        }
    }
}
