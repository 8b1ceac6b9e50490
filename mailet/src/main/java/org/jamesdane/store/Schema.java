/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables in PostgreSQL, made and brought up to date by whichever node comes first. */
final class Schema {
    /** Any number that nobody else takes in this database: "dane" in ASCII. */
    private static final long LOCK = 0x64616e65L;

    /** What leads from one version to the next; only ever added to. */
    private static final List<String> STEPS = List.of("""
        CREATE TABLE dane_revision (kind text PRIMARY KEY, revision bigint NOT NULL);
        INSERT INTO dane_revision VALUES ('policies', 0), ('negative-trust-anchors', 0);
        CREATE TABLE dane_entry (
            kind text NOT NULL REFERENCES dane_revision,
            key varchar(1100) NOT NULL,
            value varchar(30) NOT NULL,
            reason varchar(1000) NOT NULL,
            owner varchar(600) NOT NULL,
            expiry timestamptz,
            since timestamptz NOT NULL,
            PRIMARY KEY (kind, key));
        CREATE TABLE dane_history (
            id bigserial PRIMARY KEY,
            at timestamptz NOT NULL,
            action varchar(20) NOT NULL,
            kind text NOT NULL,
            key varchar(1100) NOT NULL,
            value varchar(30) NOT NULL,
            reason varchar(1000) NOT NULL,
            owner varchar(600) NOT NULL,
            expiry timestamptz,
            since timestamptz NOT NULL);
        CREATE INDEX dane_history_key ON dane_history (kind, key, id);
        CREATE TABLE dane_counter (
            run varchar(100) NOT NULL,
            hour timestamptz NOT NULL,
            domain varchar(1100) NOT NULL,
            finding varchar(50) NOT NULL,
            reason varchar(50) NOT NULL,
            count bigint NOT NULL,
            PRIMARY KEY (hour, domain, finding, reason, run));
        """);

    private Schema() {
    }

    /**
     * Makes what is missing, in a transaction of its own.
     *
     * @throws StoreException if a newer version of this extension has been here
     */
    static void bringUpToDate(Connection connection) throws SQLException, StoreException {
        // Two nodes that start together: the second one waits, then finds the work done.
        try (PreparedStatement lock = connection.prepareStatement("SELECT pg_advisory_xact_lock(?)")) {
            lock.setLong(1, LOCK);
            lock.execute();
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS dane_schema (version integer NOT NULL)");
            int version = version(statement);
            if (version > STEPS.size()) {
                connection.rollback();
                throw new StoreException("The database's tables have version " + version + ", and this extension knows " + STEPS.size()
                    + "; a newer one has written them, use that");
            }
            for (int step = version; step < STEPS.size(); step++) {
                statement.execute(STEPS.get(step));
            }
            if (version < STEPS.size()) {
                statement.execute("DELETE FROM dane_schema");
                statement.execute("INSERT INTO dane_schema VALUES (" + STEPS.size() + ")");
            }
        }
        connection.commit();
    }

    private static int version(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT version FROM dane_schema")) {
            return rows.next() ? rows.getInt(1) : 0;
        }
    }
}
