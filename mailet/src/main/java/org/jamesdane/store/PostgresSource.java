/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.Executor;

import org.postgresql.ds.PGSimpleDataSource;

/** Address of a PostgreSQL, and the way to open a connection to it, whose every step has a time limit. */
class PostgresSource {
    private static final int CONNECT_SECONDS = 3;
    static final int ANSWER_SECONDS = 8;
    static final int ALIVE_SECONDS = 3;
    /** Most characters of the server's words in a sentence. */
    private static final int MAX_TEXT = 300;

    private final PGSimpleDataSource source;
    private final String shown;
    private volatile boolean current;

    /**
     * Names a database; nothing is opened yet. The data source is made here, because {@link java.sql.DriverManager} does not see the
     * class loader that an extension of James is in.
     *
     * @throws IllegalArgumentException with a sentence without the URL, which may hold a password
     */
    PostgresSource(String url, Optional<String> user, Optional<String> password, int answerSeconds) {
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

    /** Opens a connection without automatic commits; the first one also brings the tables up to date. */
    Connection open() throws SQLException, StoreException {
        Connection opened = source.getConnection();
        boolean usable = false;
        try {
            opened.setAutoCommit(false);
            if (!current) {
                Schema.bringUpToDate(opened);
                current = true;
            }
            setUp(opened);
            usable = true;
            return opened;
        } finally {
            if (!usable) {
                abort(opened);
            }
        }
    }

    /**
     * Sets what a lost mail could depend on. A confirmed commit is on the disk. A node that stands still in a transaction keeps others from
     * its rows for a limited time, in which nobody waits for long.
     */
    private static void setUp(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT set_config('synchronous_commit', 'on', false) "
                + "WHERE current_setting('synchronous_commit') IN ('off', 'local')");
            statement.execute("SET idle_in_transaction_session_timeout = '60s'");
            statement.execute("SET lock_timeout = '3s'");
        }
        connection.commit();
    }

    /** Ends a connection, and with it what is not committed. Unlike close it says no goodbye to a server that may not listen. */
    static void abort(Connection connection) {
        try {
            Executor here = Runnable::run;
            connection.abort(here);
        } catch (SQLException e) {
            // It is broken anyway, and what made it so is being reported.
            return;
        }
    }

    /** A sentence about what failed, without the password should the server repeat it. */
    StoreException failure(SQLException e) {
        String text = String.valueOf(e.getMessage()).replaceAll("\\p{Cntrl}+", " ");
        String password = source.getPassword();
        String safe = password == null || password.isEmpty() ? text : text.replace(password, "***");
        return new StoreException("The store (" + shown + ") can't be used: "
            + (safe.length() > MAX_TEXT ? safe.substring(0, MAX_TEXT) + "…" : safe) + " (SQL state " + e.getSQLState() + ")", e);
    }

    /** Address of the database, without user and password. */
    @Override
    public String toString() {
        return shown;
    }
}
