/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.dns.DomainName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The trust anchors of a validator: those given, and where they are managed, what became of them by RFC 5011. */
final class AnchorKeeper implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(AnchorKeeper.class);
    /** Resolvers asked for the keys at a time: what one hides, the other may show. */
    private static final int ASKED_AT_ONCE = 2;
    /** James waits for the end of this; a disk that takes longer keeps the state before. */
    private static final Duration LAST_WRITE = Duration.ofSeconds(2);
    private static final QueryMode OVER_TCP = new QueryMode(true, 0, Query.Wish.UNCHECKED);

    private final AnchorStore given;
    private final AnchorSource source;
    private final Optional<ManagedAnchors> managed;
    private final UpstreamPool pool;
    private final Duration timeout;
    private final Runnable flush;
    private final InstantSource clock;
    private final AnchorListeners listeners = new AnchorListeners();
    private final ExecutorService thread;
    @GuardedBy("this")
    private int round;

    /**
     * Wires the parts; nothing is asked or written before {@link #begin}.
     *
     * @throws IllegalArgumentException if the hold-down time is shorter than RFC 5011 has it for the public root
     */
    AnchorKeeper(ValidatorConfig config, AnchorStore given, UpstreamPool pool, ValidationParts parts, Runnable flush) {
        this.given = given;
        this.source = config.trustAnchorFile().isPresent() ? AnchorSource.FILE : AnchorSource.BUILT_IN;
        this.pool = pool;
        this.timeout = config.timeout();
        this.flush = flush;
        this.thread = thread();
        this.clock = parts.clock();
        ManagedAnchors.Times times = new ManagedAnchors.Times(clock, System::nanoTime);
        ManagedAnchors.Surroundings around = new ManagedAnchors.Surroundings(times, thread, flush, listeners);
        this.managed = config.anchorManagement()
            .filter(management -> config.mode() == ValidatorConfig.Mode.VALIDATE)
            .map(management -> new ManagedAnchors(given::current, source, checked(management), parts.sights(), around));
    }

    private AnchorManagement checked(AnchorManagement management) {
        if (isPublic(given.current()) && management.addHoldDown().compareTo(AnchorManagement.ADD_HOLD_DOWN) < 0) {
            throw new IllegalArgumentException("The hold-down time of new trust anchors is " + management.addHoldDown()
                + "; for the public root it is at least 30 days (RFC 5011 §2.4.1)");
        }
        return management;
    }

    /** Tests whether anchors are those of the public root. */
    static boolean isPublic(TrustAnchors anchors) {
        return anchors.all().stream().anyMatch(TrustAnchors.builtIn().all()::contains);
    }

    private static ExecutorService thread() {
        // Its own, since it writes to a disk that may be slow.
        ThreadPoolExecutor one = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "dane-dns-anchors");
            thread.setDaemon(true);
            return thread;
        });
        one.prestartAllCoreThreads();
        return one;
    }

    /** The anchors in force. */
    TrustAnchors current() {
        return managed.map(ManagedAnchors::current).orElseGet(given::current);
    }

    AnchorsStatus status() {
        return managed.map(ManagedAnchors::status).orElseGet(() -> AnchorsStatus.unmanaged(given.current().all(), source));
    }

    /** Sentences about what holds mail, or keeps the operator's file out of force. */
    List<String> problems() {
        List<String> problems = new ArrayList<>(given.problem().stream().toList());
        managed.ifPresent(each -> problems.addAll(each.problems()));
        return problems;
    }

    void onChange(Consumer<AnchorChange> listener) {
        listeners.add(listener);
    }

    /** Writes the journal for the first time. */
    void begin() {
        managed.ifPresent(each -> {
            CompletableFuture<Void> unused = each.takeSeeds();
        });
    }

    /** Looks at the operator's file, and asks for the keys of the trust points whose time has come. */
    CompletableFuture<Void> look(SelfTest selfTest) {
        List<AnchorsStatus.Anchor> before = status().anchors();
        Upstream asked = pool.upstreams().stream().filter(Upstream::isUsable).findFirst().orElse(pool.upstreams().get(0));
        return given.refresh(candidate -> selfTest.proveRoot(asked, withoutRevoked(candidate))).thenCompose(changed -> {
            if (changed) {
                flush.run();
                return managed.map(ManagedAnchors::takeSeeds).orElseGet(() -> tellOfFile(before));
            }
            return CompletableFuture.completedFuture(null);
        }).thenCompose(done -> askDue());
    }

    private CompletableFuture<Void> tellOfFile(List<AnchorsStatus.Anchor> before) {
        AnchorChange.between(before, status().anchors(), clock.instant(), source).forEach(listeners::tell);
        return CompletableFuture.completedFuture(null);
    }

    private TrustAnchors withoutRevoked(TrustAnchors candidate) {
        return managed.map(each -> each.withoutRevoked(candidate)).orElse(candidate);
    }

    private CompletableFuture<Void> askDue() {
        List<CompletableFuture<?>> asked = new ArrayList<>();
        managed.ifPresent(each -> each.due().forEach(zone -> {
            each.asked(zone);
            next().forEach(upstream -> asked.add(ask(each, zone, upstream)));
        }));
        return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new));
    }

    /** Another pair of resolvers each time, those that can be used first. */
    private synchronized List<Upstream> next() {
        List<Upstream> order = new ArrayList<>(pool.upstreams());
        Collections.rotate(order, -(round++ % order.size()));
        order.sort(Comparator.comparing((Upstream upstream) -> !upstream.isUsable()));
        return order.subList(0, Math.min(ASKED_AT_ONCE, order.size()));
    }

    /** Asks a resolver, and again over TCP where what came is not validated: one forged packet must not cost a day. */
    private CompletableFuture<Boolean> ask(ManagedAnchors anchors, DomainName zone, Upstream upstream) {
        return ask(anchors, zone, upstream, QueryMode.NORMAL)
            .thenCompose(validated -> validated ? CompletableFuture.completedFuture(true) : ask(anchors, zone, upstream, OVER_TCP))
            .exceptionally(failure -> {
                LOGGER.debug("The keys of the trust point {} could not be had from {}: {}", zone, upstream,
                    LookupFailure.unwrap(failure).text());
                return false;
            });
    }

    private CompletableFuture<Boolean> ask(ManagedAnchors anchors, DomainName zone, Upstream upstream, QueryMode mode) {
        Budget budget = Budget.of(timeout);
        return pool.only(upstream).ask(AnchorSightReader.question(zone), mode, budget)
            .thenCompose(reply -> anchors.see(zone, reply, budget));
    }

    /** Takes a reply with the keys of a trust point that came for another reason. Never fails. */
    void shown(DomainName zone, Reply reply) {
        try {
            managed.ifPresent(each -> {
                CompletableFuture<Boolean> unused = each.see(zone, reply, Budget.of(timeout));
            });
        } catch (RuntimeException e) {
            // It is closed.
            LOGGER.debug("The keys of {} were not looked at", zone, e);
        }
    }

    /** Stops; waits for a limited time until a write that is under way has ended. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(LAST_WRITE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOGGER.warn("The journal of trust anchors is still being written");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
