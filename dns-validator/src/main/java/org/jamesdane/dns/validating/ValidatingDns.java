/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;

/**
 * Looks up records through recursive resolvers and validates them with DNSSEC.
 *
 * <p>One per process; safe for any number of threads. Signatures are computed on a fixed set of threads, one per processor.
 */
public final class ValidatingDns implements SecureDns, AutoCloseable {
    /** Questions at once. More than any set of delivery threads asks; the next one fails as a fault of our own. */
    static final int MAX_UNDER_WAY = 10_000;
    /** How long a failure is kept, so that a busy broken domain is not asked for over and over (RFC 2308 §7.1: at most 5 minutes). */
    static final Duration FAILURE_TTL = Duration.ofSeconds(5);

    private final Clock clock;
    private final Duration timeout;
    private final ExecutorService computing;
    private final DnsTransport transport;
    private final AnswerCache answers;
    private final Validation validation;
    private final ConcurrentMap<Question, CompletableFuture<AnswerCache.Entry>> underWay = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private ValidatingDns(ValidatorConfig config, Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.timeout = config.timeout();
        this.computing = computingThreads();
        this.transport = new DnsTransport(computing);
        this.answers = new AnswerCache(config.cacheMaxEntries(), clock);
        UpstreamPool upstreams = new UpstreamPool(config.upstreams(), transport, random);
        RrsetVerifier verifier = new RrsetVerifier(new SignatureCheck(), clock, config.clockSkew());
        DenialProver denials = new DenialProver(verifier);
        DelegationWalk walk = new DelegationWalk(upstreams, new DelegationJudge(verifier, denials, clock),
            new ZoneCache(config.cacheMaxEntries(), clock), config::trustAnchors);
        LocalExceptions exceptions = new LocalExceptions(config.insecureDomains(), new NegativeTrustAnchors(clock), clock);
        this.validation = new Validation(upstreams, walk, new AnswerJudge(verifier, denials, clock), exceptions, config::trustAnchors,
            clock, config.upstreams().size());
    }

    /**
     * Starts a validator.
     *
     * @param clock the time signatures and cached answers are judged by
     * @param random where message ids come from; must not be predictable ({@link java.security.SecureRandom})
     */
    public static ValidatingDns create(ValidatorConfig config, Clock clock, RandomGenerator random) {
        ValidatingDns dns = new ValidatingDns(config, clock, random);
        dns.transport.start();
        return dns;
    }

    private static ExecutorService computingThreads() {
        AtomicInteger number = new AtomicInteger();
        int processors = Runtime.getRuntime().availableProcessors();
        // The queue is bounded by the questions under way, each of which has one task at a time.
        return new ThreadPoolExecutor(processors, processors, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "dane-dns-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public <R extends DnsRecord> CompletionStage<Lookup<R>> lookup(DomainName name, RecordType<R> type) {
        Question question = new Question(Names.toWire(name), type.code());
        Optional<AnswerCache.Entry> known = answers.get(question);
        if (known.isPresent() && !closed) {
            return CompletableFuture.completedFuture(toLookup(known.get(), name, type));
        }
        return shared(question).thenApply(entry -> toLookup(entry, name, type));
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
        // What comes of it is in "mine".
        CompletableFuture<Answer> unused = ask(question).whenComplete((answer, failure) -> {
            AnswerCache.Entry entry = failure == null ? new AnswerCache.Entry.Answered(answer) : failed(toFailure(question, failure));
            answers.put(question, entry, epoch);
            underWay.remove(question, mine);
            mine.complete(entry);
        });
        return mine;
    }

    private CompletableFuture<Answer> ask(Question question) {
        try {
            return validation.answer(question, Budget.of(timeout)).orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static LookupFailure toFailure(Question question, Throwable thrown) {
        return thrown instanceof TimeoutException
            ? LookupFailure.of(Lookup.Reason.TIMEOUT, "the time for " + question + " is over")
            : Failures.unwrap(thrown);
    }

    private AnswerCache.Entry failed(LookupFailure failure) {
        // A fault of our own ends when it ends; it is not remembered.
        Duration kept = failure.reason().isOwnFault() ? Duration.ZERO : FAILURE_TTL;
        return new AnswerCache.Entry.Failed(failure, clock.instant().plus(kept));
    }

    /** Stops; questions that are under way fail with {@link Lookup.Reason#NOT_READY}. Can be called more than once. */
    @Override
    public void close() {
        closed = true;
        transport.close();
        computing.shutdown();
    }
}
