/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * One connection to a PostgreSQL, opened when it is needed and again after it broke. It never waits longer than its limits.
 */
public final class PostgresDatabase implements AutoCloseable {
    private static final int CONNECT_SECONDS = 3;
    private static final int ANSWER_SECONDS = 8;
    private static final int ALIVE_SECONDS = 3;
    /** As much of the server's words as goes into a sentence. */
    private static final int MAX_TEXT = 300;

    private final PGSimpleDataSource source;
    private final String shown;
    private @Nullable Connection connection;
    private boolean current;

    /**
     * Names a database; nothing is opened yet. The data source is made here, because {@link java.sql.DriverManager} does not see the
     * class loader that an extension of James is in.
     *
     * @param url {@code jdbc:postgresql://host[:port]/database[?property=value…]}
     * @throws IllegalArgumentException with a sentence without the URL, which may hold a password
     */
    public PostgresDatabase(String url, Optional<String> user, Optional<String> password) {
        this(url, user, password, ANSWER_SECONDS);
    }

    PostgresDatabase(String url, Optional<String> user, Optional<String> password, int answerSeconds) {
        source = new PGSimpleDataSource();
        try {
            source.setUrl(url);
        } catch (IllegalArgumentException e) {
            // The cause repeats the URL.
            throw new IllegalArgumentException("it is no URL of the form jdbc:postgresql://host:port/database");
        }
        user.ifPresent(source::setUser);
        password.ifPresent(source::setPassword);
        source.setApplicationName("james-dane");
        source.setConnectTimeout(CONNECT_SECONDS);
        source.setLoginTimeout(answerSeconds);
        source.setSocketTimeout(answerSeconds);
        source.setTcpKeepAlive(true);
        shown = "PostgreSQL at " + String.join(",", source.getServerNames()) + ", database " + source.getDatabaseName();
    }

    /** What is done in one transaction. */
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException, StoreException;
    }

    /** Does something as a whole, or not at all. */
    synchronized <T> T transaction(Work<T> work) throws StoreException {
        try {
            Connection open = open();
            T result = work.run(open);
            open.commit();
            return result;
        } catch (StoreException e) {
            drop();
            throw e;
        } catch (SQLException e) {
            drop();
            throw new StoreException("The store (" + shown + ") can't be used: " + words(e), e);
        }
    }

    private Connection open() throws SQLException, StoreException {
        Connection present = connection;
        if (present != null && present.isValid(ALIVE_SECONDS)) {
            return present;
        }
        drop();
        Connection opened = source.getConnection();
        connection = opened;
        opened.setAutoCommit(false);
        if (!current) {
            Schema.bringUpToDate(opened);
            current = true;
        }
        return opened;
    }

    /** A connection on which anything failed is not used again: closing it also rolls back. */
    private void drop() {
        Connection broken = connection;
        connection = null;
        if (broken != null) {
            try {
                // Unlike close it says no goodbye to a server that may not listen.
                Executor here = Runnable::run;
                broken.abort(here);
            } catch (SQLException e) {
                // It is broken anyway, and what made it so is being reported.
                current = false;
            }
        }
    }

    /** The server's words on one line, without the password should they repeat it. */
    private String words(SQLException e) {
        String text = String.valueOf(e.getMessage()).replaceAll("\\p{Cntrl}+", " ");
        String password = source.getPassword();
        String safe = password == null || password.isEmpty() ? text : text.replace(password, "***");
        return (safe.length() > MAX_TEXT ? safe.substring(0, MAX_TEXT) + "…" : safe) + " (SQL state " + e.getSQLState() + ")";
    }

    @Override
    public synchronized void close() {
        drop();
    }

    /** Where it is, without user and password. */
    @Override
    public String toString() {
        return shown;
    }
}
