/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.delivery.sts.PolicyFetches;
import org.jamesdane.delivery.sts.PolicyRefresh;
import org.jamesdane.delivery.sts.PolicyWaitingRoom;
import org.jamesdane.delivery.sts.StsLookup;
import org.jamesdane.delivery.sts.StsTerms;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.mtasts.PolicyFetcher;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.store.StsPolicies;

/** Parts of MTA-STS that all mailets of the process share: the kept policies, their fetches, and the room for mails that wait for one. */
final class MtaSts implements AutoCloseable {
    private final StsPolicies policies;
    private final PolicyRefresh refresh;
    private final PolicyWaitingRoom room;
    private final ThreadPoolExecutor first;
    private final ThreadPoolExecutor refreshes;
    private final StsTerms terms;

    /**
     * Settings of MTA-STS.
     *
     * @param gateways whether gateways with a domain name have policies
     * @param authorities the CAs that hosts are authenticated by
     * @param longestWait time for which a mail waits for the first fetch of a policy
     * @param mostWaiting mails that wait so at once
     */
    record Settings(StsDemand.Use use, boolean gateways, Authorities authorities, Duration longestWait, int mostWaiting) {
    }

    /**
     * Means that the process lends.
     *
     * @param forget takes what is known of a name out of the resolver's cache
     * @param timer ends waits, and runs what goes on after one
     */
    record Means(SecureDns dns, Consumer<DomainName> forget, Clock clock, RandomGenerator random, ScheduledExecutorService timer) {
    }

    /** Puts the parts together. */
    MtaSts(Settings settings, StsPolicies policies, PolicyFetcher fetcher, Means means) {
        this.policies = policies;
        this.first = PolicyFetches.threads(PolicyFetches.FIRST_AT_ONCE, "dane-sts-first-");
        this.refreshes = PolicyFetches.threads(PolicyFetches.REFRESHES_AT_ONCE, "dane-sts-refresh-");
        PolicyFetches fetches = new PolicyFetches(fetcher, policies, new PolicyFetches.Threads(first, refreshes), means.clock(),
            means.random());
        StsLookup lookup = new StsLookup(means.dns(), policies, fetches, means.clock(), means.forget());
        this.refresh = new PolicyRefresh(lookup, policies, fetches, means.clock());
        this.room = new PolicyWaitingRoom(new PolicyWaitingRoom.Limits(settings.longestWait(), settings.mostWaiting()), (time, task) -> {
            ScheduledFuture<?> unused = means.timer().schedule(task, time.toMillis(), TimeUnit.MILLISECONDS);
        }, means.timer());
        this.terms = new StsTerms(settings.use(), settings.gateways(), settings.authorities(), lookup, room);
    }

    /** The terms of deliveries. */
    StsTerms terms() {
        return terms;
    }

    /** Begins the refreshes that are due. For every ten seconds or so. */
    void tick() {
        refresh.tick();
    }

    /** Sentences about what an operator has to mend. */
    List<String> problems() {
        return policies.problems();
    }

    /** Lets mails that wait go on, and begins no more fetches. Who made the fetcher ends those under way. */
    @Override
    public void close() {
        room.close();
        first.shutdown();
        refreshes.shutdown();
    }
}
