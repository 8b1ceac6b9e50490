/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;
import org.xbill.DNS.Name;

/**
 * Looks up records through recursive resolvers and validates them with DNSSEC.
 *
 * <p>An instance per process is enough; it is safe for any number of threads. Signatures are computed on a fixed set of threads, one per
 * processor. Lookups complete on these threads. A continuation that blocks must move to a thread of its own.
 *
 * <p>Every resolver is tested at the start and every hour, and only asked if it passed. Without such a resolver, lookups fail with {@link
 * Lookup.Reason#NOT_READY}, and {@link #status()} says what to do.
 */
public final class ValidatingDns implements SecureDns, AutoCloseable {
    /** Questions at once. More than any set of delivery threads asks; the next one fails as a fault of our own. */
    static final int MAX_UNDER_WAY = 10_000;
    /**
     * Time for which a failure is kept (RFC 2308 §7.1: at most 5 minutes). Thus a busy broken domain is not asked for again and again.
     */
    static final Duration FAILURE_TTL = Duration.ofSeconds(5);
    /** Time beyond that of a question, in which the query that took it says so itself, with the zone and type that were asked for. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Clock clock;
    private final Duration timeout;
    private final ExecutorService computing;
    private final DnsTransport transport;
    private final UpstreamPool upstreams;
    private final ValidationParts engine;
    private final AnchorKeeper anchors;
    private final ZoneCache zones;
    private final AnswerCache answers;
    private final NegativeTrustAnchorManager exceptions;
    private final Validator answering;
    private final Maintenance upkeep;
    private final Optional<ResolverComparison> comparison;
    private final ConcurrentMap<Question, CompletableFuture<AnswerCache.Entry>> underWay = new ConcurrentHashMap<>();
    /** The resolver that was asked last, by question. */
    private final Cache<Question, String> resolvers = Caffeine.newBuilder().maximumSize(MAX_UNDER_WAY).executor(Runnable::run).build();
    private final LongAdder questions = new LongAdder();
    /** Future that is done once one resolver can be used, or all are tested. */
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> tested = new CompletableFuture<>();
    private volatile boolean closed;

    private ValidatingDns(ValidatorConfig config, Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.timeout = config.timeout();
        AnchorStore given = new AnchorStore(config.trustAnchorFile(), config.trustAnchors());
        this.computing = computingThreads();
        this.transport = new DnsTransport(computing);
        this.upstreams = new UpstreamPool(config.upstreams().stream().map(Upstream::new).toList(), transport, random);
        this.engine = new ValidationParts(clock, config.clockSkew(), SignatureProviders.by(config.signatures()), config.archive());
        this.zones = new ZoneCache((long) config.cacheMaxEntries() * HeapWeigher.ZONE, clock);
        this.answers = new AnswerCache((long) config.cacheMaxEntries() * HeapWeigher.ANSWER, clock);
        this.anchors = new AnchorKeeper(config, given, upstreams, engine, () -> flush(DomainName.ROOT));
        NegativeTrustAnchors negative = new NegativeTrustAnchors(clock);
        InsecureOverrides local = new InsecureOverrides(config.insecureDomains(), negative, clock);
        SelfTestNames names = config.selfTestNames().orElseGet(() -> defaultNames(anchors.current()));
        this.comparison = config.compareWithResolver() && config.mode() == ValidatorConfig.Mode.VALIDATE
            ? Optional.of(new ResolverComparison(upstreams, timeout, ResolverComparison.PAUSE, System::nanoTime)) : Optional.empty();
        SelfTest selfTest = new SelfTest(upstreams, engine, names, timeout);
        this.exceptions = new NegativeTrustAnchorManager(negative, upstreams, engine, anchors::current, timeout, this::flush);
        if (config.mode() == ValidatorConfig.Mode.TRUST_AD) {
            AdBitValidator trusting = new AdBitValidator(upstreams, engine.answers(), local, timeout, System::nanoTime);
            this.answering = trusting;
            this.upkeep = new Maintenance(upstreams.upstreams(), upstream -> noting(trusting.selfTest(upstream), upstream),
                () -> CompletableFuture.completedFuture(null), exceptions::lookAfter);
        } else {
            DelegationWalk walk = engine.walk(upstreams, zones, anchors::current, anchors::shown);
            this.answering = engine.validation(upstreams, walk, local, anchors::current, config.upstreams().size());
            this.upkeep = new Maintenance(upstreams.upstreams(),
                upstream -> noting(selfTest.run(upstream, anchors::current), upstream),
                () -> anchors.look(selfTest), exceptions::lookAfter);
        }
    }

    /**
     * Starts a validator.
     *
     * @param clock the time signatures and cached answers are judged by
     * @param random where message ids come from; must not be predictable ({@link java.security.SecureRandom})
     * @throws IllegalArgumentException with a sentence if the trust anchor file cannot be used
     */
    public static ValidatingDns create(ValidatorConfig config, Clock clock, RandomGenerator random) {
        ValidatingDns dns = new ValidatingDns(config, clock, random);
        dns.transport.start();
        dns.anchors.begin();
        CompletableFuture<Void> unused = dns.upkeep.start().thenRun(() -> {
            dns.ready.complete(null);
            dns.tested.complete(null);
        });
        return dns;
    }

    /** The first resolver that passes lets questions through: they do not wait for another that is slow. */
    private CompletableFuture<Void> noting(CompletableFuture<Void> test, Upstream upstream) {
        return test.thenRun(() -> {
            if (upstream.isUsable()) {
                ready.complete(null);
            }
        });
    }

    private static SelfTestNames defaultNames(TrustAnchors anchors) {
        return AnchorKeeper.isPublic(anchors) ? SelfTestNames.ofPublicRoot() : SelfTestNames.ofPrivateRoot();
    }

    private static ExecutorService computingThreads() {
        AtomicInteger number = new AtomicInteger();
        int processors = Runtime.getRuntime().availableProcessors();
        // The queue is bounded by the questions under way, each of which has one task at a time.
        ThreadPoolExecutor threads = new ThreadPoolExecutor(processors, processors, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
            task -> {
                Thread thread = new Thread(task, "dane-dns-" + number.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            });
        // Now, since later there may be no thread to be had.
        threads.prestartAllCoreThreads();
        return threads;
    }

    @Override
    public <R extends DnsRecord> CompletionStage<Lookup<R>> lookup(DomainName name, RecordType<R> type) {
        questions.increment();
        Question question = new Question(WireNames.toWire(name), type.code());
        Optional<AnswerCache.Entry> known = answers.get(question);
        if (known.isPresent() && !closed) {
            return CompletableFuture.completedFuture(toLookup(known.get(), name, type));
        }
        return shared(question).thenApply(entry -> toLookup(entry, name, type));
    }

    @Override
    public Optional<String> resolver(DomainName name, RecordType<?> type) {
        return Optional.ofNullable(resolvers.getIfPresent(new Question(WireNames.toWire(name), type.code())));
    }

    private <R extends DnsRecord> Lookup<R> toLookup(AnswerCache.Entry entry, DomainName name, RecordType<R> type) {
        if (entry instanceof AnswerCache.Entry.Answered answered) {
            return answered.answer().toLookup(name, type, clock.instant());
        }
        return ((AnswerCache.Entry.Failed) entry).failure().toLookup(name);
    }

    /** The outcome of a question; the same question is asked once at a time. */
    private CompletableFuture<AnswerCache.Entry> shared(Question question) {
        if (closed || underWay.size() >= MAX_UNDER_WAY) {
            return CompletableFuture.completedFuture(failed(LookupFailure.of(Lookup.Reason.NOT_READY,
                closed ? "the validator is closed" : "more than " + MAX_UNDER_WAY + " questions are under way")));
        }
        CompletableFuture<AnswerCache.Entry> mine = new CompletableFuture<>();
        CompletableFuture<AnswerCache.Entry> others = underWay.putIfAbsent(question, mine);
        if (others != null) {
            return others;
        }
        long epoch = answers.epoch();
        Budget budget = Budget.of(timeout);
        // What comes of it is in "mine".
        CompletableFuture<Answer> unused = started(question, budget).whenComplete((answer, failure) -> {
            try {
                AnswerCache.Entry entry = failure == null ? new AnswerCache.Entry.Answered(answer)
                    : failed(toFailure(question, failure).withProved(budget.proved()));
                answers.put(question, entry, epoch);
                underWay.remove(question, mine);
                mine.complete(entry);
                comparison.ifPresent(each -> {
                    // It never fails, and nobody waits for it.
                    CompletableFuture<Void> unusedComparison = each.compare(question, entry);
                });
            } catch (Throwable e) {
                // Whatever goes wrong here, the question must not stay under way for ever.
                underWay.remove(question, mine);
                mine.completeExceptionally(e);
            }
        });
        return mine;
    }

    private CompletableFuture<Answer> started(Question question, Budget budget) {
        try {
            return ask(question, budget);
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Answer> ask(Question question, Budget budget) {
        return ready.thenCompose(ignored -> answering.answer(question, budget))
            .orTimeout(timeout.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS)
            .whenComplete((answer, failure) -> budget.resolver().ifPresent(resolver -> resolvers.put(question, resolver)));
    }

    private LookupFailure toFailure(Question question, Throwable thrown) {
        return LookupFailure.unwrap(thrown, () -> ready.isDone()
            ? LookupFailure.of(Lookup.Reason.TIMEOUT, "the time for " + question + " is over")
            : LookupFailure.of(Lookup.Reason.NOT_READY, "the resolvers are still being tested"));
    }

    private AnswerCache.Entry failed(LookupFailure failure) {
        // A fault of our own ends when it ends; it is not remembered.
        Duration kept = failure.reason().isOwnFault() ? Duration.ZERO : FAILURE_TTL;
        return new AnswerCache.Entry.Failed(failure, clock.instant().plus(kept));
    }

    /** The state after the first self-test of all resolvers; questions wait until the first of these has passed. */
    public CompletionStage<ValidatorStatus> firstSelfTest() {
        return tested.thenApply(ignored -> status());
    }

    /** Tests all resolvers now. */
    public CompletionStage<ValidatorStatus> selfTest() {
        return upkeep.testAll().thenApply(ignored -> status());
    }

    /** State of the validator. */
    public ValidatorStatus status() {
        List<ValidatorStatus.UpstreamStatus> states = upstreams.upstreams().stream().map(Upstream::status).toList();
        List<String> problems = new ArrayList<>(states.stream().flatMap(state -> state.advice().stream()).toList());
        problems.addAll(anchors.problems());
        Optional<String> unwatched = transport.problem();
        unwatched.ifPresent(problems::add);
        boolean usable = states.stream().anyMatch(ValidatorStatus.UpstreamStatus::usable);
        boolean anchored = !anchors.current().isLost(DomainName.ROOT);
        return new ValidatorStatus(!closed && unwatched.isEmpty() && usable && anchored, problems, states,
            anchors.status(), exceptions.list(), new ValidatorStatus.Work(questions.sum(), upstreams.queries(),
                engine.signaturesComputed(), answers.size(), zones.size()),
            comparison.map(ResolverComparison::counts).orElse(ValidatorStatus.Comparison.NONE));
    }

    /** The answers and failures kept at and below a name. */
    public List<CachedAnswer> cachedAnswers(DomainName name) {
        return CacheInspection.answers(answers.inspect(WireNames.toWire(name)));
    }

    /** Known facts about the zones at and below a name. */
    public List<CachedAnswer.Zone> cachedZones(DomainName name) {
        return CacheInspection.zones(zones.inspect(WireNames.toWire(name)));
    }

    /** Forgets all that is kept about a name and everything below it; the root stands for all. */
    public void flush(DomainName name) {
        Name wire = WireNames.toWire(name);
        zones.flush(wire);
        answers.flush(wire);
        // Who asks from now on does not share what was begun before.
        underWay.keySet().removeIf(question -> question.name().subdomain(wire));
    }

    /**
     * Takes a domain as insecure for a time, because its DNSSEC is broken. It ends by itself as soon as the domain validates again.
     *
     * @throws IllegalArgumentException with a sentence that says which limit it breaks (RFC 7646): at most 7 days, not the root, not a
     *     top-level domain, with a reason
     */
    public void putNegativeTrustAnchor(NegativeTrustAnchor anchor) {
        exceptions.put(anchor);
    }

    /** Ends a negative trust anchor; says whether there was one. */
    public boolean removeNegativeTrustAnchor(DomainName zone) {
        return exceptions.remove(zone);
    }

    /** The negative trust anchors in force, by name. */
    public List<NegativeTrustAnchor> negativeTrustAnchors() {
        return exceptions.list();
    }

    /** Tries now whether domains under a negative trust anchor validate again; done by itself every ten minutes. */
    public CompletionStage<Void> tryNegativeTrustAnchors() {
        return exceptions.lookAfter(true);
    }

    /** Is told of negative trust anchors that ended by themselves, for instance to remove them from a store. */
    public void onNegativeTrustAnchorEnded(Consumer<NegativeTrustAnchor> listener) {
        exceptions.onEnded(listener);
    }

    /** Is told of changes of trust anchors, by RFC 5011 or by another file, on a thread that must not be held. */
    public void onTrustAnchorChange(Consumer<AnchorChange> listener) {
        anchors.onChange(listener);
    }

    /** Stops; questions that are under way fail with {@link Lookup.Reason#NOT_READY}. Can be called more than once. */
    @Override
    public void close() {
        closed = true;
        upkeep.close();
        anchors.close();
        transport.close();
        computing.shutdown();
    }
}
