/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/**
 * Compares verdicts of ours with the word of a resolver that validates: the AD bit for secure (RFC 4035 §3.2.3), SERVFAIL for bogus (RFC
 * 4035 §5.5). It changes no answer. A difference is counted and logged, because one of the two is wrong.
 *
 * <p>A sample is compared, one question at a time, with each resolver that validates in its turn. Differences that are known beforehand are
 * left out: an operator's own exceptions, and algorithms or iterations that one side computes and the other does not.
 */
final class ResolverComparison {
    /** Pause between comparisons, so that a busy server asks about one question a second more. */
    static final Duration PAUSE = Duration.ofSeconds(1);
    /** Time for which a resolver is known to validate, or not to. */
    static final Duration PROBE_VALIDITY = Duration.ofHours(1);

    private static final Logger LOGGER = LoggerFactory.getLogger(ResolverComparison.class);
    private static final Question PROBE = new Question(Name.root, Type.NS);
    private static final QueryMode VERDICT = new QueryMode(false, 0, Query.Wish.VERDICT);

    /** A verdict, of ours or of the resolver. */
    enum Verdict {
        SECURE,
        INSECURE,
        BOGUS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private record Probe(boolean validates, long nanos) {
    }

    private final UpstreamPool pool;
    private final Duration timeout;
    private final Duration pause;
    private final LongSupplier nanoTime;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final LongAdder compared = new LongAdder();
    private final LongAdder secureDoubted = new LongAdder();
    private final LongAdder insecureDoubted = new LongAdder();
    private final LongAdder bogusDoubted = new LongAdder();
    private final Map<Upstream, Probe> probes = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();
    private volatile Optional<Long> last = Optional.empty();

    /**
     * Takes the resolvers, of which those that can be used are asked.
     *
     * @param pause the pause between comparisons
     * @param nanoTime a monotonic time, as {@link System#nanoTime()} gives it
     */
    ResolverComparison(UpstreamPool pool, Duration timeout, Duration pause, LongSupplier nanoTime) {
        this.pool = pool;
        this.timeout = timeout;
        this.pause = pause;
        this.nanoTime = nanoTime;
    }

    /** Compares the verdict on a question that was just answered, if it is one to compare and its turn has come. Never fails. */
    CompletableFuture<Void> compare(Question question, AnswerCache.Entry entry) {
        try {
            if (!isDue()) {
                return CompletableFuture.completedFuture(null);
            }
            Optional<Verdict> ours = ours(entry);
            Optional<Upstream> upstream = ours.flatMap(verdict -> next());
            if (ours.isEmpty() || upstream.isEmpty() || !busy.compareAndSet(false, true)) {
                return CompletableFuture.completedFuture(null);
            }
            last = Optional.of(nanoTime.getAsLong());
            return begin(question, ours.get(), upstream.get()).handle((done, failure) -> {
                busy.set(false);
                if (failure != null) {
                    LOGGER.debug("The resolver gave no word to compare with for {}", question, failure);
                }
                return null;
            });
        } catch (Throwable e) {
            LOGGER.error("The verdict on {} could not be compared with the resolver's", question, e);
            return CompletableFuture.completedFuture(null);
        }
    }

    private boolean isDue() {
        Optional<Long> before = last;
        return before.isEmpty() || nanoTime.getAsLong() - before.get() >= pause.toNanos();
    }

    /** The resolver whose turn it is among those that may validate. */
    private Optional<Upstream> next() {
        List<Upstream> open = pool.upstreams().stream().filter(Upstream::isUsable)
            .filter(upstream -> known(upstream).filter(probe -> !probe.validates()).isEmpty()).toList();
        return open.isEmpty() ? Optional.empty() : Optional.of(open.get(Math.floorMod(turn.getAndIncrement(), open.size())));
    }

    private Optional<Probe> known(Upstream upstream) {
        return Optional.ofNullable(probes.get(upstream)).filter(probe -> nanoTime.getAsLong() - probe.nanos() < PROBE_VALIDITY.toNanos());
    }

    private CompletableFuture<Void> begin(Question question, Verdict ours, Upstream upstream) {
        try {
            return validates(upstream).thenCompose(validates -> validates
                ? theirs(question, upstream).thenAccept(theirs -> theirs.ifPresent(word -> count(question, ours, word, upstream)))
                : CompletableFuture.completedFuture(null));
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Boolean> validates(Upstream upstream) {
        Optional<Probe> known = known(upstream);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get().validates());
        }
        return pool.only(upstream).ask(PROBE, VERDICT, Budget.of(timeout)).thenApply(reply -> {
            probes.put(upstream, new Probe(reply.authenticated(), nanoTime.getAsLong()));
            return reply.authenticated();
        });
    }

    private CompletableFuture<Optional<Verdict>> theirs(Question question, Upstream upstream) {
        return pool.only(upstream).ask(question, VERDICT, Budget.of(timeout))
            .thenApply(reply -> Optional.of(reply.authenticated() ? Verdict.SECURE : Verdict.INSECURE))
            .exceptionally(thrown -> ofFailure(LookupFailure.unwrap(thrown)));
    }

    /** The data were to be had without validation a moment ago, so that SERVFAIL is a verdict unless the resolver says otherwise. */
    private static Optional<Verdict> ofFailure(LookupFailure failure) {
        boolean otherwise = failure.extendedError().isPresent() && !Lookup.isDnssecError(failure.extendedError().getAsInt());
        return failure.reason() == Lookup.Reason.SERVFAIL && !otherwise ? Optional.of(Verdict.BOGUS) : Optional.empty();
    }

    /** Our verdict, where the resolver's word is about the same; an alias is not, since AD is about all behind it. */
    private static Optional<Verdict> ours(AnswerCache.Entry entry) {
        if (entry instanceof AnswerCache.Entry.Failed failed) {
            return Optional.of(Verdict.BOGUS).filter(bogus -> failed.failure().reason() == Lookup.Reason.BOGUS);
        }
        Answer answer = ((AnswerCache.Entry.Answered) entry).answer();
        if (answer.kind() == Answer.Kind.ALIAS) {
            return Optional.empty();
        }
        if (answer.proof() instanceof Proof.Insecure insecure) {
            return Optional.of(Verdict.INSECURE).filter(word -> insecure.cause() == Proof.Cause.UNSIGNED_DELEGATION
                || insecure.cause() == Proof.Cause.OPT_OUT);
        }
        return Optional.of(Verdict.SECURE);
    }

    private void count(Question question, Verdict ours, Verdict theirs, Upstream upstream) {
        compared.increment();
        if (ours == theirs) {
            return;
        }
        LongAdder doubted = switch (ours) {
            case SECURE -> secureDoubted;
            case INSECURE -> insecureDoubted;
            case BOGUS -> bogusDoubted;
        };
        doubted.increment();
        LOGGER.warn("The answer for {} is {} by the validation here, and {} by the word of the resolver {}; one of the two is wrong. "
            + "Nothing was decided by it", question, ours, theirs, upstream);
    }

    /** Counts since the start. */
    ValidatorStatus.Comparison counts() {
        return new ValidatorStatus.Comparison(compared.sum(), secureDoubted.sum(), insecureDoubted.sum(), bogusDoubted.sum());
    }
}
