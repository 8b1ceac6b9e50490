/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.validating.ElapsedTime.Moment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trust anchors in force where they follow their owner's roll-overs (RFC 5011): the given ones and the learned ones, without those that
 * were ever revoked. Keeps the states, asks for the keys when that is due, and writes the journal.
 *
 * <p>RFC 5011 §5 would take a zone whose anchors are all revoked for insecure. Here no question below it is answered: such a zone is lost
 * ({@link TrustAnchors#isLost}), and mail waits until an operator gives another anchor.
 */
final class ManagedAnchors {
    private static final Logger LOGGER = LoggerFactory.getLogger(ManagedAnchors.class);

    private final Supplier<TrustAnchors> seeds;
    private final AnchorSource seedSource;
    private final Duration addHoldDown;
    private final AnchorJournal journal;
    private final AnchorSightReader reader;
    private final Times times;
    /** All states change on this one thread at a time. */
    private final Executor executor;
    private final Runnable flush;
    private final AnchorListeners listeners;
    @GuardedBy("this")
    private final Map<DomainName, TrustPoint> points = new LinkedHashMap<>();
    @GuardedBy("this")
    private final Map<DomainName, Moment> lastSights = new HashMap<>();
    @GuardedBy("this")
    private final Map<DomainName, Long> due = new HashMap<>();
    private final boolean writable;
    private final Optional<String> found;
    /** The absence of a journal that could be used, so that earlier revocations are unknown. */
    private final boolean fresh;
    @GuardedBy("this")
    private TrustAnchors merged;
    @GuardedBy("this")
    private Optional<String> unwritten = Optional.empty();
    private volatile View view;

    /**
     * Clocks.
     *
     * @param wall the time that signatures are judged by
     * @param monotonic nanoseconds of a timer that nobody can set
     */
    record Times(InstantSource wall, LongSupplier monotonic) {
        Moment moment() {
            return new Moment(wall.instant(), monotonic.getAsLong());
        }
    }

    /** State as others see it, exchanged as a whole. */
    private record View(TrustAnchors inForce, AnchorsStatus status, List<String> problems) {
    }

    /** Surroundings: the thread that states change on, what to do when the anchors in force have changed, and who is told. */
    record Surroundings(Times times, Executor executor, Runnable flush, AnchorListeners listeners) {
    }

    /** Reads the journal; asks nothing yet. */
    ManagedAnchors(Supplier<TrustAnchors> seeds, AnchorSource seedSource, AnchorManagement management, AnchorSightReader reader,
            Surroundings surroundings) {
        this.seeds = seeds;
        this.seedSource = seedSource;
        this.addHoldDown = management.addHoldDown();
        this.journal = management.journal();
        this.reader = reader;
        this.times = surroundings.times();
        this.executor = surroundings.executor();
        this.flush = surroundings.flush();
        this.listeners = surroundings.listeners();
        TrustAnchors given = seeds.get();
        this.merged = given;
        AnchorJournal.Contents contents = journal.read();
        List<TrustPoint> kept = contents.points().orElse(List.of());
        boolean foreign = kept.stream().filter(point -> point.zone().isRoot())
            .anyMatch(point -> !point.isRelatedTo(given.of(DomainName.ROOT)));
        this.writable = contents.writable() && !foreign;
        this.found = foreign ? Optional.of("The journal " + journal + " is about the keys of another root than the trust anchors "
            + "given here; it is neither used nor written. Move it away if the root was replaced") : contents.finding();
        for (TrustPoint point : foreign ? List.<TrustPoint>of() : kept) {
            points.put(point.zone(), point);
        }
        this.fresh = points.isEmpty();
        if (contents.points().isEmpty() && found.isEmpty()) {
            LOGGER.info("There is no journal of trust anchors yet ({}): revocations before now are unknown to this node", journal);
        }
        found.ifPresent(sentence -> LOGGER.error("{}", sentence));
        List<AnchorChange> changes = reseed();
        this.view = makeView();
        changes.forEach(this::tell);
        startTimes();
    }

    /** RFC 5011 §2.3: not more often than once an hour, not even by restarts. */
    private synchronized void startTimes() {
        Moment now = times.moment();
        for (TrustPoint point : points.values()) {
            Duration since = point.last().map(last -> Duration.between(last.latest(), now.wall())).orElse(RefreshTimes.SHORTEST);
            boolean recent = !since.isNegative() && since.compareTo(RefreshTimes.SHORTEST) < 0;
            due.put(point.zone(), now.monotonic() + (recent ? RefreshTimes.SHORTEST.minus(since).toNanos() : 0));
        }
    }

    /** The set in force. */
    TrustAnchors current() {
        return view.inForce();
    }

    AnchorsStatus status() {
        return view.status();
    }

    /** Sentences about what holds mail. */
    List<String> problems() {
        return view.problems();
    }

    /** Takes the given anchors over as they are now, and writes the journal, so that one that can't be written shows at once. */
    CompletableFuture<Void> takeSeeds() {
        return CompletableFuture.runAsync(() -> {
            List<AnchorChange> changes = reseed();
            publish();
            changes.forEach(this::tell);
            write(false);
        }, executor);
    }

    private synchronized List<AnchorChange> reseed() {
        List<AnchorsStatus.Anchor> before = shown();
        merged = seeds.get();
        Set<DomainName> zones = new LinkedHashSet<>(merged.all().stream().map(TrustAnchor::zone).toList());
        for (DomainName zone : zones) {
            List<TrustAnchor> ofZone = merged.of(zone);
            TrustPoint point = points.getOrDefault(zone, TrustPoint.begin(zone, ofZone));
            points.put(zone, point.withSeeds(ofZone, seedSource));
            due.putIfAbsent(zone, times.monotonic().getAsLong());
        }
        // A zone whose anchors the operator took away is no trust point any more; what was revoked there stays known.
        for (TrustPoint point : List.copyOf(points.values())) {
            if (!zones.contains(point.zone())) {
                points.put(point.zone(), point.withSeeds(List.of(), seedSource));
            }
        }
        return AnchorChange.between(before, shown(), times.wall().instant(), seedSource);
    }

    private synchronized List<AnchorsStatus.Anchor> shown() {
        return points.values().stream().flatMap(point -> AnchorsStatus.of(point, seedSource).stream()).toList();
    }

    /** The trust points whose keys are to be asked for now. */
    synchronized List<DomainName> due() {
        long now = times.monotonic().getAsLong();
        Map<DomainName, Long> next = due;
        return merged.all().stream().map(TrustAnchor::zone).distinct()
            .filter(zone -> now - next.getOrDefault(zone, now) >= 0).toList();
    }

    /** Notes that a zone's keys are being asked for; until an answer counts, the next query is a retry. */
    synchronized void asked(DomainName zone) {
        Duration retry = Optional.ofNullable(points.get(zone)).flatMap(TrustPoint::last)
            .map(last -> RefreshTimes.afterFailure(last.interval())).orElse(RefreshTimes.SHORTEST);
        due.put(zone, times.monotonic().getAsLong() + retry.toNanos());
    }

    /** Takes a reply to the question for a trust point's keys. Completes when its state and the journal are up to date. */
    CompletableFuture<Boolean> see(DomainName zone, Reply reply, Budget budget) {
        return CompletableFuture.supplyAsync(() -> take(zone, reply, budget), executor);
    }

    private boolean take(DomainName zone, Reply reply, Budget budget) {
        AnchorLife.Next next;
        synchronized (this) {
            TrustPoint point = points.get(zone);
            Moment now = times.moment();
            Optional<AnchorSight> sight = point == null ? Optional.empty() : reader.read(point, reply, now.wall(), budget);
            if (point == null || sight.isEmpty()) {
                return false;
            }
            next = life().advance(point, sight.get(), elapsed(point, now));
            points.put(zone, next.point());
            if (next.validated()) {
                lastSights.put(zone, now);
                due.put(zone, now.monotonic() + sight.get().refresh().toNanos());
            }
        }
        // In force before it is written: what is revoked must not be trusted while a disk is slow.
        publish();
        next.changes().forEach(this::tell);
        if (next.validated() || !next.changes().isEmpty()) {
            write(next.changes().stream().anyMatch(change -> change.to().filter(AnchorState::isRevoked).isPresent()));
        }
        return next.validated();
    }

    /** A shorter hold-down is for private roots; the operator's file may have changed to the public one since the start. */
    @GuardedBy("this")
    private AnchorLife life() {
        boolean tooShort = AnchorKeeper.isPublic(merged) && addHoldDown.compareTo(AnchorManagement.ADD_HOLD_DOWN) < 0;
        return new AnchorLife(tooShort ? AnchorManagement.ADD_HOLD_DOWN : addHoldDown, seedSource);
    }

    /** A set that may come into force, without what is known to be revoked. */
    synchronized TrustAnchors withoutRevoked(TrustAnchors candidate) {
        Map<DomainName, TrustPoint> known = points;
        List<TrustAnchor> usable = candidate.all().stream()
            .filter(anchor -> Optional.ofNullable(known.get(anchor.zone())).filter(point -> point.isRevoked(anchor)).isEmpty())
            .toList();
        Set<DomainName> lost = candidate.all().stream().map(TrustAnchor::zone)
            .filter(zone -> usable.stream().noneMatch(anchor -> anchor.zone().equals(zone) && TrustAnchors.isUsable(anchor)))
            .collect(Collectors.toSet());
        return TrustAnchors.inForce(usable, lost);
    }

    @GuardedBy("this")
    private ElapsedTime elapsed(TrustPoint point, Moment now) {
        Moment before = lastSights.get(point.zone());
        return before != null ? ElapsedTime.between(before, now)
            : point.last().map(last -> ElapsedTime.sinceRestart(last, now.wall())).orElse(ElapsedTime.NONE);
    }

    private void tell(AnchorChange change) {
        boolean lost = current().isLost(change.anchor().zone());
        if (lost) {
            LOGGER.error("{}. No trust anchor is left for {}: nothing is taken for secure or insecure, and mail waits", change,
                shown(change.anchor().zone()));
        } else if (change.to().filter(state -> state == AnchorState.MISSING || state.isRevoked()).isPresent()) {
            LOGGER.warn("{}", change);
        } else {
            LOGGER.info("{}", change);
        }
        listeners.tell(change);
    }

    /** @param twice so that the copy before this one, too, knows of a revocation */
    private synchronized void write(boolean twice) {
        if (!writable) {
            return;
        }
        Optional<String> problem = Optional.empty();
        try {
            List<TrustPoint> all = List.copyOf(points.values());
            journal.write(all);
            if (twice) {
                journal.write(all);
            }
        } catch (IOException | RuntimeException e) {
            problem = Optional.of("The journal " + journal + " cannot be written (" + e + "): a restart forgets what became of the trust "
                + "anchors since. Make room, or let James write there");
        }
        if (problem.isPresent() && !problem.equals(unwritten)) {
            LOGGER.error("{}", problem.get());
        }
        unwritten = problem;
        view = makeView();
    }

    private void publish() {
        TrustAnchors before = current();
        synchronized (this) {
            view = makeView();
        }
        if (!current().equals(before)) {
            flush.run();
        }
    }

    private synchronized View makeView() {
        List<TrustAnchor> inForce = new ArrayList<>();
        Set<DomainName> lost = new LinkedHashSet<>();
        List<String> problems = new ArrayList<>();
        for (TrustPoint point : points.values()) {
            if (!point.seeds().isEmpty()) {
                List<TrustAnchor> trusted = point.inForce();
                inForce.addAll(trusted);
                if (trusted.stream().noneMatch(TrustAnchors::isUsable)) {
                    lost.add(point.zone());
                    problems.add("All trust anchors for " + shown(point.zone()) + " are revoked, and none is left. Mail is held, and "
                        + "neither ages nor bounces: give a new anchor as dns.trust-anchors, or install a newer release");
                }
            }
        }
        List<String> warnings = new ArrayList<>();
        found.ifPresent(warnings::add);
        unwritten.ifPresent(warnings::add);
        AnchorsStatus.Journal kept = new AnchorsStatus.Journal(journal.toString(), unwritten.isPresent() || !writable, fresh);
        AnchorsStatus status = new AnchorsStatus(shown(), warnings, Optional.of(kept));
        return new View(TrustAnchors.inForce(inForce, lost), status, problems);
    }

    private static String shown(DomainName zone) {
        return zone.isRoot() ? "the root" : zone.toString();
    }
}
