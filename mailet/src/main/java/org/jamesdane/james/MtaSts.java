/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.delivery.sts.PolicyFetches;
import org.jamesdane.delivery.sts.PolicyRefresh;
import org.jamesdane.delivery.sts.PolicyWaitingRoom;
import org.jamesdane.delivery.sts.StsExceptions;
import org.jamesdane.delivery.sts.StsLookup;
import org.jamesdane.delivery.sts.StsTerms;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.https.AlarmThread;
import org.jamesdane.https.FetchRecord;
import org.jamesdane.https.PolicyHosts;
import org.jamesdane.mtasts.CachedPolicy;
import org.jamesdane.mtasts.FetchHistory;
import org.jamesdane.mtasts.PolicyFetcher;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.mtasts.StsPolicy;
import org.jamesdane.mtasts.StsRecord;
import org.jamesdane.store.OperatorSettings;
import org.jamesdane.store.Setting;
import org.jamesdane.store.SettingKind;
import org.jamesdane.store.StsPolicies;

/** Parts of MTA-STS that all mailets of the process share: the kept policies, their fetches, and the room for mails that wait for one. */
public final class MtaSts implements AutoCloseable {
    /** Interval in which policies that are to be fetched anew are looked for. */
    static final Duration TICK = Duration.ofSeconds(10);

    private final StsPolicies policies;
    private final PolicyRefresh refresh;
    private final PolicyWaitingRoom room;
    private final ThreadPoolExecutor first;
    private final ThreadPoolExecutor refreshes;
    private final ThreadPoolExecutor turns;
    private final StsTerms terms;
    private final StsLookup lookup;
    private final PolicyFetches fetches;
    private final MtaStsSettings settings;
    private final Clock clock;
    private final Client client;

    /** Result of an operator's wish to forget a policy. */
    public enum Forgetting {
        /** The policy was forgotten, and a fetch began if the domain announces one. */
        FORGOTTEN,
        /** Nothing was forgotten: a fetch is under way, or began less than a minute ago. */
        TOO_SOON,
        /** Nothing was forgotten: the kept policies cannot be read. */
        UNREADABLE
    }

    /**
     * Client by which policies are fetched.
     *
     * @param counts the fetches since the start
     * @param closing ends the fetches that are under way
     */
    record Client(PolicyFetcher fetcher, Supplier<FetchRecord.Counts> counts, Runnable closing) {
        /** The client for policy hosts. */
        static Client of(MtaStsSettings settings, Authorities authorities, SecureDns dns, Clock clock) {
            AlarmThread alarm = new AlarmThread();
            PolicyHosts hosts = new PolicyHosts(dns, new PolicyHosts.Terms(authorities, settings.allowedSpecialTargets(),
                settings.port(), PolicyHosts.LIMIT), clock, alarm);
            return new Client(hosts, hosts.record()::counts, () -> {
                hosts.close();
                alarm.close();
            });
        }
    }

    /**
     * Means that the process lends.
     *
     * @param forget takes what is known of a name out of the resolver's cache
     * @param timer ends waits
     * @param mostWaiting mails that wait for a fetch at once
     * @param exceptions the domains whose policies are not followed
     */
    record Means(SecureDns dns, Consumer<DomainName> forget, Clock clock, RandomGenerator random, ScheduledExecutorService timer,
            int mostWaiting, StsExceptions exceptions) {
    }

    /** The exceptions that operators have set. */
    static StsExceptions exceptions(OperatorSettings settings) {
        return domain -> settings.find(SettingKind.MTA_STS_EXCEPTION, domain.toString()).flatMap(Setting::stsException);
    }

    /**
     * Puts the parts together; nothing is asked before the first mail, or the first {@link #tick}.
     *
     * @param authorities the CAs that hosts are authenticated by
     */
    MtaSts(MtaStsSettings settings, Authorities authorities, StsPolicies policies, Client client, Means means) {
        this.policies = policies;
        this.client = client;
        this.first = PolicyFetches.threads(PolicyFetches.AT_ONCE, "dane-sts-first-");
        this.turns = PolicyFetches.threads(1, "dane-sts-turn-");
        this.refreshes = PolicyFetches.threads(PolicyFetches.AT_ONCE, "dane-sts-refresh-");
        this.settings = settings;
        this.clock = means.clock();
        this.fetches = new PolicyFetches(client.fetcher(), policies, new PolicyFetches.Threads(first, refreshes), means.clock(),
            means.random());
        this.lookup = new StsLookup(means.dns(), policies, fetches, means.clock(), means.forget());
        this.refresh = new PolicyRefresh(lookup, policies, fetches, means.clock());
        this.room = new PolicyWaitingRoom(new PolicyWaitingRoom.Limits(settings.longestWait(), means.mostWaiting()), (time, task) -> {
            ScheduledFuture<?> unused = means.timer().schedule(task, time.toMillis(), TimeUnit.MILLISECONDS);
        }, turns);
        this.terms = new StsTerms(settings.use(), settings.gateways(), authorities, lookup, room, means.exceptions());
    }

    /** MTA-STS by the settings of dane.properties. */
    static MtaSts of(PolicySettings settings, StsPolicies policies, Means means) {
        Authorities authorities = settings.authorities().read();
        return new MtaSts(settings.mtaSts(), authorities, policies, Client.of(settings.mtaSts(), authorities, means.dns(), means.clock()),
            means);
    }

    /** The policies in force, by their domains in alphabetical order. */
    public Map<DomainName, CachedPolicy> inForce() {
        return policies.inForce();
    }

    /** The policy of a domain that is in force. */
    public Optional<CachedPolicy> inForce(DomainName domain) {
        return policies.kept(domain).inForce(clock.instant());
    }

    /** Number of policies of a mode that are in force. */
    long count(StsPolicy.Mode mode) {
        return policies.count(policy -> policy.policy().mode() == mode);
    }

    /** Number of policies in mode {@code enforce} whose refreshes have failed for so long that an operator has to know. */
    long overdue() {
        Instant now = clock.instant();
        return policies.count(policy -> policy.isOverdue(now));
    }

    /** Fetches since the start. */
    FetchRecord.Counts fetches() {
        return client.counts().get();
    }

    /** Number of mails that wait for the first fetch of a policy. */
    int waiting() {
        return room.waiting();
    }

    /** The TXT record of a domain; waits for the DNS. */
    public StsRecord record(DomainName domain) {
        return lookup.record(domain).toCompletableFuture().join();
    }

    /** The last fetch of a domain's policy on this node that failed, as long as it keeps others back. */
    public Optional<FetchHistory.Failure> lastFailure(DomainName domain) {
        return fetches.history(domain).lastFailure();
    }

    /**
     * Forgets a domain's policy on all nodes, fetches it anew, and waits for that as long as a mail would. Where no fetch may begin at
     * once, nothing is forgotten, or mail would go as without a policy until one may.
     */
    public Forgetting forget(DomainName domain) {
        // A fetch that another mail begins meanwhile is later than the mark, so that its policy replaces it.
        Instant mark = clock.instant().truncatedTo(ChronoUnit.MILLIS).minusMillis(1);
        if (policies.unreadable().isPresent()) {
            return Forgetting.UNREADABLE;
        }
        if (!fetches.forgive(domain)) {
            return Forgetting.TOO_SOON;
        }
        policies.keep(domain, CachedPolicy.forgotten(mark), mark);
        lookup.askAnew(domain);
        lookup.begin(domain).await(settings.longestWait());
        return Forgetting.FORGOTTEN;
    }

    /** The terms of deliveries. */
    public StsTerms terms() {
        return terms;
    }

    /** Begins the refreshes that are due. For every {@link #TICK} or so. */
    void tick() {
        if (isUsed()) {
            refresh.tick();
        }
    }

    private boolean isUsed() {
        return terms.use() != StsDemand.Use.OFF;
    }

    /** Sentences about what an operator has to mend; none where MTA-STS is not used. */
    public List<String> problems() {
        return isUsed() ? Stream.concat(policies.problems().stream(), fetches().problem().stream()).toList() : List.of();
    }

    /** Tests whether mail is held because nobody knows what policies there are. */
    public boolean isHolding() {
        return isUsed() && policies.unreadable().isPresent();
    }

    /** Lets mails that wait go on, begins no more fetches, and ends those under way. */
    @Override
    public void close() {
        room.close();
        first.shutdown();
        refreshes.shutdown();
        turns.shutdown();
        client.closing().run();
    }
}
