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

/**
 * The tables in PostgreSQL, made and brought up to date by whichever node comes first.
 *
 * <p>Nodes of several versions share one database during an update. So steps only add. The table {@code dane_version} names the version of
 * the tables and the oldest version of a program that may use them. Version 1 stands in {@code dane_schema} as well, where it stays:
 * version 0.1.0 of this extension refuses any other number there.
 */
final class Schema {
    /** Any number that nobody else takes in this database: "dane" in ASCII. */
    private static final long LOCK = 0x64616e65L;
    /** SQL state insufficient_privilege. */
    private static final String NO_PRIVILEGE = "42501";

    /** The tables of version 1, whose form and lengths never change. */
    private static final String FIRST = """
        CREATE TABLE IF NOT EXISTS dane_schema (version integer NOT NULL);
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
        DELETE FROM dane_schema;
        INSERT INTO dane_schema VALUES (1);
        """;

    /** Steps from version 1 on, one version a step; only ever added to. */
    private static final List<Step> STEPS = List.of(new Step(1, """
        CREATE TABLE dane_waiting (
            id varchar(100) PRIMARY KEY,
            queue text NOT NULL,
            state varchar(20) NOT NULL,
            generation bigint NOT NULL,
            look timestamptz NOT NULL,
            due timestamptz NOT NULL,
            sent_for boolean NOT NULL DEFAULT false,
            stored timestamptz NOT NULL,
            closed timestamptz,
            age_ms bigint,
            paused boolean NOT NULL,
            retries integer NOT NULL,
            sender_domain text,
            reason text,
            octets bigint NOT NULL,
            header bytea);
        CREATE INDEX dane_waiting_look ON dane_waiting (queue, look) WHERE closed IS NULL;
        CREATE INDEX dane_waiting_damaged ON dane_waiting (queue) WHERE closed IS NULL AND state IN ('damaged', 'damaged-told');
        CREATE INDEX dane_waiting_closed ON dane_waiting (closed) WHERE closed IS NOT NULL;
        CREATE TABLE dane_waiting_recipient (
            id varchar(100) NOT NULL REFERENCES dane_waiting ON DELETE CASCADE,
            recipient text NOT NULL,
            folded text NOT NULL,
            domain text NOT NULL,
            PRIMARY KEY (id, recipient));
        CREATE INDEX dane_waiting_recipient_folded ON dane_waiting_recipient (folded);
        CREATE INDEX dane_waiting_recipient_domain ON dane_waiting_recipient (domain);
        CREATE TABLE dane_waiting_octets (
            id varchar(100) NOT NULL REFERENCES dane_waiting ON DELETE CASCADE,
            number integer NOT NULL,
            octets bytea NOT NULL,
            PRIMARY KEY (id, number));
        ALTER TABLE dane_waiting_octets ALTER COLUMN octets SET STORAGE EXTERNAL;
        CREATE TABLE dane_accepted (
            item varchar(200) NOT NULL,
            recipient text NOT NULL,
            at timestamptz NOT NULL,
            PRIMARY KEY (item, recipient));
        CREATE INDEX dane_accepted_at ON dane_accepted (at);
        """), new Step(1, """
        CREATE TABLE dane_sts_policy (
            domain varchar(1100) PRIMARY KEY,
            id varchar(32) NOT NULL,
            fetched timestamptz NOT NULL,
            refresh_after timestamptz NOT NULL,
            failing_since timestamptz,
            used timestamptz NOT NULL,
            mode varchar(20) NOT NULL,
            expires timestamptz NOT NULL,
            written timestamptz NOT NULL,
            body text NOT NULL);
        CREATE INDEX dane_sts_policy_written ON dane_sts_policy (written);
        CREATE INDEX dane_sts_policy_expires ON dane_sts_policy (expires);
        """), new Step(1, """
        INSERT INTO dane_revision VALUES ('mta-sts-exceptions', 0);
        """));

    /** The version that this extension makes and knows. */
    static final int KNOWN = STEPS.size() + 1;

    /**
     * A step to the next version.
     *
     * @param oldestReader the oldest version of this extension, by the schema it knows, that may use the tables afterwards
     */
    private record Step(int oldestReader, String sql) {
    }

    private Schema() {
    }

    /**
     * Makes what is missing, in a transaction of its own.
     *
     * @throws StoreException if a newer version of this extension has made tables that this one must not use
     */
    static void bringUpToDate(Connection connection) throws SQLException, StoreException {
        // Two nodes that start together: the second one waits, then finds the work done.
        try (PreparedStatement lock = connection.prepareStatement("SELECT pg_advisory_xact_lock(?)")) {
            lock.setLong(1, LOCK);
            lock.execute();
        }
        try (Statement statement = connection.createStatement()) {
            makeFirst(connection, statement);
            int version = number(statement, "dane_version", "version", 1);
            int oldestReader = number(statement, "dane_version", "oldest_reader", 1);
            if (oldestReader > KNOWN) {
                throw tooNew(connection, version, "and only an extension that knows version " + oldestReader + " may use them");
            }
            for (int next = version + 1; next <= KNOWN; next++) {
                Step step = STEPS.get(next - 2);
                statement.execute(step.sql());
                statement.execute("CREATE TABLE IF NOT EXISTS dane_version (version integer NOT NULL, oldest_reader integer NOT NULL)");
                statement.execute("DELETE FROM dane_version");
                oldestReader = Math.max(oldestReader, step.oldestReader());
                statement.execute("INSERT INTO dane_version VALUES (" + next + ", " + oldestReader + ")");
            }
        } catch (SQLException e) {
            if (NO_PRIVILEGE.equals(e.getSQLState())) {
                throw new StoreException("The user of the database may not make tables in it: make that user the database's owner "
                    + "(ALTER DATABASE … OWNER TO …)", e);
            }
            throw e;
        }
        connection.commit();
    }

    private static void makeFirst(Connection connection, Statement statement) throws SQLException, StoreException {
        int first = number(statement, "dane_schema", "version", 0);
        if (first > 1) {
            throw tooNew(connection, first, "and this extension knows " + KNOWN);
        }
        if (first == 0) {
            statement.execute(FIRST);
        }
    }

    private static StoreException tooNew(Connection connection, int version, String why) throws SQLException {
        connection.rollback();
        return new StoreException("The database's tables have version " + version + ", " + why + "; a newer one has made them, use that");
    }

    /** A number out of a table of one row. A user who may not make tables may still use existing ones, so nothing is tried. */
    private static int number(Statement statement, String table, String column, int otherwise) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT to_regclass('" + table + "') IS NOT NULL")) {
            if (!rows.next() || !rows.getBoolean(1)) {
                return otherwise;
            }
        }
        try (ResultSet rows = statement.executeQuery("SELECT " + column + " FROM " + table)) {
            return rows.next() ? rows.getInt(1) : otherwise;
        }
    }
}
