/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Connection to a PostgreSQL, opened when it is needed and again after it broke. It never waits longer than its limits.
 */
public final class PostgresDatabase implements AutoCloseable {
    private final PostgresSource source;
    @GuardedBy("this")
    private @Nullable Connection connection;

    /**
     * Names a database; nothing is opened yet.
     *
     * @param url {@code jdbc:postgresql://host[:port]/database[?property=value…]}
     * @throws IllegalArgumentException with a sentence without the URL, which may hold a password
     */
    public PostgresDatabase(String url, Optional<String> user, Optional<String> password) {
        this(url, user, password, PostgresSource.ANSWER_SECONDS);
    }

    PostgresDatabase(String url, Optional<String> user, Optional<String> password, int answerSeconds) {
        source = new PostgresSource(url, user, password, answerSeconds);
    }

    /**
     * Gives connections to the same database that are apart from this one: nothing that is done here waits for them.
     *
     * @param most how many at most
     */
    public PostgresConnections connections(int most) {
        return new PostgresConnections(source, most);
    }

    /** Work in one transaction. */
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException, StoreException;
    }

    /** Does something as a whole, or not at all. */
    synchronized <T> T transaction(Work<T> work) throws StoreException {
        try {
            Connection open = open();
            T result = work.run(open);
            commit(open);
            return result;
        } catch (StoreException e) {
            drop();
            throw e;
        } catch (SQLException e) {
            drop();
            throw source.failure(e);
        }
    }

    /** A server that refuses a commit says so; one that says nothing may have done it. */
    private void commit(Connection open) throws SQLException, StoreException {
        try {
            open.commit();
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            // Classes 23 (integrity constraint violation) and 40 (transaction rollback).
            if (state.startsWith("23") || state.startsWith("40")) {
                throw e;
            }
            throw StoreException.inDoubt("The store (" + source + ") did not say whether it has stored the change (SQL state " + state
                + ")", source.failure(e));
        }
    }

    @GuardedBy("this")
    private Connection open() throws SQLException, StoreException {
        Connection present = connection;
        if (present != null && present.isValid(PostgresSource.ALIVE_SECONDS)) {
            return present;
        }
        drop();
        Connection opened = source.open();
        connection = opened;
        return opened;
    }

    /** A connection on which anything failed is not used again: closing it also rolls back. */
    @GuardedBy("this")
    private void drop() {
        Connection broken = connection;
        connection = null;
        if (broken != null) {
            PostgresSource.abort(broken);
        }
    }

    @Override
    public synchronized void close() {
        drop();
    }

    /** Address of the database, without user and password. */
    @Override
    public String toString() {
        return source.toString();
    }
}
