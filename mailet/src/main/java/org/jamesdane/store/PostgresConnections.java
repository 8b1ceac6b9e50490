/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/** A limited number of connections to a PostgreSQL, opened when they are needed and again after they broke. */
public final class PostgresConnections implements AutoCloseable {
    /** Time that a connection may have been idle for and still be used without a look at it, which costs a round trip. */
    private static final long UNCHECKED_NANOS = Duration.ofSeconds(1).toNanos();
    /** Time that somebody waits for a connection; longer than one transaction may last. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Time after a failure to connect in which nobody tries again: many deliveries must not wait one after the other. */
    private static final long SPARED_NANOS = Duration.ofSeconds(2).toNanos();

    private final PostgresSource source;
    private final Semaphore free;
    private final int most;
    private final ConcurrentLinkedDeque<Idle> idle = new ConcurrentLinkedDeque<>();
    private volatile @Nullable Failure lastFailure;
    private volatile boolean closed;

    private record Failure(StoreException cause, long at) {
    }

    private record Idle(Connection connection, long since) {
    }

    PostgresConnections(PostgresSource source, int most) {
        this.source = source;
        this.most = most;
        this.free = new Semaphore(most, true);
    }

    /** Does something as a whole, or not at all. If the commit is not confirmed, nobody knows which. */
    <T> T transaction(PostgresDatabase.Work<T> work) throws StoreException {
        try {
            return once(work);
        } catch (SQLException e) {
            throw source.failure(e);
        }
    }

    /**
     * Does something that comes to the same if it is done twice. Failed work is done once more. So a commit that may have succeeded, or a
     * connection that broke while idle, troubles nobody.
     */
    <T> T repeatable(PostgresDatabase.Work<T> work) throws StoreException {
        try {
            return once(work);
        } catch (SQLException first) {
            // What broke one idle connection, a restart of the server say, has broken all of them.
            dropIdle();
            try {
                return once(work);
            } catch (SQLException second) {
                second.addSuppressed(first);
                throw source.failure(second);
            }
        }
    }

    private <T> T once(PostgresDatabase.Work<T> work) throws SQLException, StoreException {
        acquire();
        try {
            Connection connection = open();
            boolean usable = false;
            try {
                T result = work.run(connection);
                connection.commit();
                usable = true;
                return result;
            } finally {
                if (usable && !closed) {
                    idle.push(new Idle(connection, System.nanoTime()));
                } else {
                    // On which anything failed is not used again: ending it also rolls back.
                    PostgresSource.abort(connection);
                }
            }
        } finally {
            free.release();
        }
    }

    private void acquire() throws StoreException {
        try {
            if (!free.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StoreException("The store (" + source + ") can't be used: none of its " + most + " connections for mail became "
                    + "free within " + PATIENCE.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("The store was not asked: this server stops", e);
        }
    }

    private Connection open() throws SQLException, StoreException {
        for (Idle next = idle.poll(); next != null; next = idle.poll()) {
            if (System.nanoTime() - next.since() < UNCHECKED_NANOS || next.connection().isValid(PostgresSource.ALIVE_SECONDS)) {
                return next.connection();
            }
            PostgresSource.abort(next.connection());
        }
        Failure last = lastFailure;
        if (last != null && System.nanoTime() - last.at() < SPARED_NANOS) {
            throw new StoreException(last.cause().sentence(), last.cause());
        }
        try {
            Connection opened = source.open();
            lastFailure = null;
            return opened;
        } catch (SQLException e) {
            StoreException failure = source.failure(e);
            lastFailure = new Failure(failure, System.nanoTime());
            throw failure;
        }
    }

    private void dropIdle() {
        for (Idle next = idle.poll(); next != null; next = idle.poll()) {
            PostgresSource.abort(next.connection());
        }
    }

    @Override
    public void close() {
        closed = true;
        dropIdle();
    }

    /** Address of the database, without user and password. */
    @Override
    public String toString() {
        return source.toString();
    }
}
