/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps idle connections over which a host has just taken a mail, for the next mail to the same host.
 *
 * <p>The pool trusts nobody's word about a connection. A key decides which connections come into question. The caller then tests the
 * connection itself against the requirement of its own delivery. A connection that fails the test is passed over and stays for others. So
 * domains that share a host share its connections. Where TLSA records, policy or time have changed, the old connection gets no permit and a
 * new one is opened.
 *
 * <p>For any number of threads. A connection is always either here or with one delivery. Nothing here waits for a peer: connections are
 * ended, with QUIT, by threads of the pool's own.
 */
public final class ConnectionPool implements AutoCloseable {

    /**
     * Limits on the use of a connection: how long, and for how much.
     *
     * @param maxMessages mails over one connection; 1 means that none is used twice
     * @param idle how long one waits for the next mail; mail hosts dislike to be held
     * @param maxAge how long one is used at all, so that changes behind an address are noticed and certificates are seen anew
     * @param maxIdle connections that wait at once
     * @param maxIdlePerKey connections of one kind that wait at once
     * @param maxOpenPerAddress connections to one address beyond which each new one ends an idle one there
     * @param acrossMails whether the commands of one mail may be sent with the end of another: see {@link NextMail}
     */
    public record Limits(int maxMessages, Duration idle, Duration maxAge, int maxIdle, int maxIdlePerKey, int maxOpenPerAddress,
            boolean acrossMails) {
        /** Limits as RFC 5321 leaves them open: what peers with usual limits (100 mails a session) bear. */
        public static final Limits DEFAULTS = new Limits(100, Duration.ofSeconds(10), Duration.ofMinutes(5), 500, 20, 20, true);
        /** Every connection carries one mail. */
        public static final Limits NO_REUSE = new Limits(1, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1);

        /** Limits with groups across mails, and with any number of connections to an address. */
        public Limits(int maxMessages, Duration idle, Duration maxAge, int maxIdle, int maxIdlePerKey) {
            this(maxMessages, idle, maxAge, maxIdle, maxIdlePerKey, Integer.MAX_VALUE, true);
        }

        public Limits {
            if (maxMessages < 1 || maxIdle < 1 || maxIdlePerKey < 1 || maxOpenPerAddress < 1 || idle.isNegative() || maxAge.isNegative()) {
                throw new IllegalArgumentException("The limits of connections must be at least 1, and their times not negative: "
                    + maxMessages + " mails, " + maxIdle + " idle, " + maxIdlePerKey + " for each kind");
            }
        }
    }

    private static final Logger LOGGER = LoggerFactory.getLogger(ConnectionPool.class);
    private static final long SWEEP_MILLIS = 1000;

    private final SmtpConnector connector;
    private final Limits limits;
    private final InstantSource clock;
    private final ConnectionCloser farewells;
    private final SessionLimits sessionLimits;
    private final MailGroups mailGroups;
    private final OpenConnections open = new OpenConnections();
    private final @Nullable ScheduledThreadPoolExecutor sweeper;
    @GuardedBy("this")
    private final Map<ConnectionKey, Deque<PooledConnection>> idle = new HashMap<>();
    @GuardedBy("this")
    private int waiting;
    @GuardedBy("this")
    private boolean closed;

    /** A pool that makes its connections by the connector, which stays the caller's to close, after the pool. */
    public ConnectionPool(SmtpConnector connector, Limits limits, InstantSource clock) {
        this(connector, limits, clock, Thread::new);
    }

    ConnectionPool(SmtpConnector connector, Limits limits, InstantSource clock, ThreadFactory threads) {
        this.mailGroups = new MailGroups(limits.acrossMails(), clock);
        this.farewells = new ConnectionCloser(threads);
        this.connector = connector;
        this.limits = limits;
        this.clock = clock;
        this.sessionLimits = new SessionLimits(clock);
        this.sweeper = limits.maxMessages() > 1 ? startSweeping(threads) : null;
    }

    private ScheduledThreadPoolExecutor startSweeping(ThreadFactory threads) {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = threads.newThread(task);
            thread.setName("smtp-idle");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        ScheduledFuture<?> sweeping = timer.scheduleWithFixedDelay(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        if (sweeping.isCancelled()) {
            throw new IllegalStateException("Idle connections would never end");
        }
        return timer;
    }

    /**
     * Takes an idle connection.
     *
     * @param fits whether this very connection may serve the delivery; it is asked of one connection after the other, and last of the
     *     one that is returned
     */
    public Optional<PooledConnection> take(ConnectionKey key, Predicate<SmtpConnection> fits) {
        List<PooledConnection> passedOver = new ArrayList<>();
        try {
            for (Optional<PooledConnection> next = poll(key); next.isPresent(); next = poll(key)) {
                PooledConnection candidate = next.get();
                if (isExpired(candidate) || isSpent(candidate) || !candidate.connection().isQuiet()) {
                    retire(candidate.connection());
                    continue;
                }
                passedOver.add(candidate);
                if (fits.test(candidate.connection())) {
                    passedOver.remove(candidate);
                    return next;
                }
            }
            return Optional.empty();
        } finally {
            passedOver.forEach(this::putBack);
        }
    }

    /**
     * Opens a connection, as {@link SmtpConnector#open} does. Where the address has as many connections as it may, the one that was idle
     * for longest ends first. Deliveries at once are bounded elsewhere, so that only idle connections can be too many.
     *
     * @throws SmtpException if there is no connection
     */
    public SmtpConnection open(SmtpEndpoint endpoint, HeloFallback heloFallback, Timeouts timeouts) throws SmtpException {
        InetAddress address = endpoint.address().getAddress();
        boolean opened = false;
        try {
            if (open.begin(address) > limits.maxOpenPerAddress()) {
                removeOldest(key -> key.endpoint().address().getAddress().equals(address)).ifPresent(this::endNow);
            }
            SmtpConnection connection = connector.open(endpoint, heloFallback, timeouts);
            open.opened(connection);
            opened = true;
            connection.whenEnded(() -> open.ended(connection));
            return connection;
        } finally {
            if (!opened) {
                open.failed(address);
            }
        }
    }

    private void endNow(PooledConnection surplus) {
        open.ended(surplus.connection());
        farewells.sayNow(surplus.connection());
    }

    /** Hands a fresh connection that is ready for its first mail to the pool, and from there to the delivery that opened it. */
    public PooledConnection lend(ConnectionKey key, SmtpConnection fresh) {
        return new PooledConnection(this, key, fresh, clock.instant(), true);
    }

    /** Lends, as {@link #lend} does, a connection that is no model for others: it serves this delivery and ends. */
    public PooledConnection lendOnce(ConnectionKey key, SmtpConnection fresh) {
        return new PooledConnection(this, key, fresh, clock.instant(), false);
    }

    /** Ends a connection without making anyone wait. */
    public void retire(SmtpConnection connection) {
        open.ended(connection);
        farewells.say(connection);
    }

    /** The limits learnt of hosts for mails over one connection. */
    public SessionLimits sessionLimits() {
        return sessionLimits;
    }

    /** The hosts that are sent groups across mails. */
    public MailGroups mailGroups() {
        return mailGroups;
    }

    boolean mayCarryAnother(PooledConnection connection) {
        OptionalInt limit = sessionLimits.mails(connection.key().endpoint().address());
        return connection.messages() + 1 < limits.maxMessages() && !isOld(connection, clock.instant())
            && (limit.isEmpty() || connection.connection().mailsTaken() + 1 < limit.getAsInt());
    }

    /** Number of connections that wait. */
    public synchronized int idle() {
        return waiting;
    }

    /** Number of addresses with connections. */
    int addresses() {
        return open.addresses();
    }

    void giveBack(PooledConnection connection) {
        connection.idleFrom(clock.instant());
        if (connection.messages() >= limits.maxMessages() || isSpent(connection) || isExpired(connection)
                || !connection.connection().isReusable()) {
            retire(connection.connection());
        } else {
            putBack(connection);
        }
    }

    private void putBack(PooledConnection connection) {
        add(connection).ifPresent(surplus -> retire(surplus.connection()));
    }

    private synchronized Optional<PooledConnection> poll(ConnectionKey key) {
        Deque<PooledConnection> same = idle.get(key);
        if (same == null) {
            return Optional.empty();
        }
        // The one that was used last: it is the likeliest to live, and the others can grow old and end.
        PooledConnection taken = same.removeLast();
        if (same.isEmpty()) {
            idle.remove(key);
        }
        waiting--;
        return Optional.of(taken);
    }

    /** Adds it, and returns the one for which there is no room any more. */
    private synchronized Optional<PooledConnection> add(PooledConnection connection) {
        if (closed) {
            return Optional.of(connection);
        }
        Deque<PooledConnection> same = idle.computeIfAbsent(connection.key(), key -> new ArrayDeque<>());
        same.addLast(connection);
        waiting++;
        if (same.size() > limits.maxIdlePerKey()) {
            waiting--;
            return Optional.of(same.removeFirst());
        }
        return waiting > limits.maxIdle() ? removeOldest(key -> true) : Optional.empty();
    }

    private synchronized Optional<PooledConnection> removeOldest(Predicate<ConnectionKey> which) {
        Optional<PooledConnection> oldest = idle.entrySet().stream().filter(same -> which.test(same.getKey()))
            .map(same -> same.getValue().getFirst()).min(Comparator.comparing(PooledConnection::idleSince));
        oldest.ifPresent(each -> poll(each.key(), each));
        return oldest;
    }

    @GuardedBy("this")
    private void poll(ConnectionKey key, PooledConnection one) {
        idle.computeIfPresent(key, (same, connections) -> {
            connections.remove(one);
            return connections.isEmpty() ? null : connections;
        });
        waiting--;
    }

    /** True if its host would refuse another mail over it. */
    private boolean isSpent(PooledConnection connection) {
        OptionalInt limit = sessionLimits.mails(connection.key().endpoint().address());
        return limit.isPresent() && connection.connection().mailsTaken() >= limit.getAsInt();
    }

    private boolean isExpired(PooledConnection connection) {
        Instant now = clock.instant();
        return isOld(connection, now) || !now.isBefore(connection.idleSince().plus(limits.idle()));
    }

    private boolean isOld(PooledConnection connection, Instant now) {
        // A clock that was set back must not make connections young again.
        return now.isBefore(connection.opened()) || !now.isBefore(connection.opened().plus(limits.maxAge()));
    }

    /** A timer's task that throws would never run again. */
    private void sweep() {
        try {
            endExpired();
        } catch (Throwable e) {
            LOGGER.error("Idle connections could not be looked after; it is tried again", e);
        }
    }

    /** Ends what has waited or lived too long. */
    void endExpired() {
        removeIf(this::isExpired).forEach(each -> retire(each.connection()));
    }

    private synchronized List<PooledConnection> removeIf(Predicate<PooledConnection> condition) {
        List<PooledConnection> removed = new ArrayList<>();
        idle.values().forEach(same -> same.removeIf(each -> condition.test(each) && removed.add(each)));
        idle.values().removeIf(Deque::isEmpty);
        waiting -= removed.size();
        return removed;
    }

    /** Ends all idle connections; those with deliveries end when these are done with them. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        if (sweeper != null) {
            sweeper.shutdownNow();
        }
        removeIf(each -> true).forEach(each -> retire(each.connection()));
        farewells.close();
    }
}
