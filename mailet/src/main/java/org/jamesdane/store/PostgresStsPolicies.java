/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.dns.DomainName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps policies in the table {@code dane_sts_policy}, which all nodes share. A policy replaces only one that was fetched before it,
 * whichever node writes last.
 */
final class PostgresStsPolicies implements StsPolicyStore {
    private static final Logger LOGGER = LoggerFactory.getLogger(PostgresStsPolicies.class);
    /** Time before the last look from which changes are read again, since a transaction is seen only after its time. */
    private static final String OVERLAP = "interval '2 minutes'";
    private static final String COLUMNS = "domain, id, fetched, refresh_after, failing_since, used, body";
    private static final String UPSERT = "INSERT INTO dane_sts_policy AS kept "
        + "(domain, id, fetched, refresh_after, failing_since, used, mode, expires, written, body) "
        // A fetch that is still to come by the clock of the database is the work of a node's clock that is ahead.
        + "VALUES (?, ?, LEAST(?, clock_timestamp()), ?, ?, ?, ?, ?, clock_timestamp(), ?) ON CONFLICT (domain) DO UPDATE SET "
        + "id = EXCLUDED.id, fetched = EXCLUDED.fetched, refresh_after = EXCLUDED.refresh_after, "
        + "failing_since = EXCLUDED.failing_since, used = GREATEST(kept.used, EXCLUDED.used), mode = EXCLUDED.mode, "
        + "expires = EXCLUDED.expires, written = EXCLUDED.written, body = EXCLUDED.body "
        + "WHERE kept.fetched < EXCLUDED.fetched OR (kept.fetched = EXCLUDED.fetched AND kept.id = EXCLUDED.id)";
    /** Of several nodes one changes the row. A policy that could not be written here is anybody's. A fetch takes a minute at most. */
    private static final String CLAIM = "WITH claimed AS (UPDATE dane_sts_policy SET refresh_after = clock_timestamp() "
        + "+ interval '2 minutes', written = clock_timestamp() WHERE domain = ? AND refresh_after <= clock_timestamp() RETURNING domain) "
        + "SELECT EXISTS (SELECT 1 FROM claimed) OR NOT EXISTS (SELECT 1 FROM dane_sts_policy WHERE domain = ?)";
    private static final int BATCH = 1000;

    /** Time since the last read after which all is read, since the changes of the last two minutes may not be all. */
    private static final Duration GAP = Duration.ofMinutes(1);

    private final PostgresDatabase database;
    private final InstantSource clock;
    @GuardedBy("this")
    private Instant read = Instant.MIN;

    /** Uses this database, which others share and close. */
    PostgresStsPolicies(PostgresDatabase database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public boolean holds() throws StoreException {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement("SELECT EXISTS (SELECT 1 FROM dane_sts_policy)");
                    ResultSet rows = query.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        });
    }

    @Override
    public synchronized List<StsPolicyJson.Entry> load() throws StoreException {
        Instant begin = clock.instant();
        List<StsPolicyJson.Entry> all = select("WHERE expires > clock_timestamp()");
        read = begin;
        return all;
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public synchronized List<StsPolicyJson.Entry> changes() throws StoreException {
        Instant begin = clock.instant();
        if (begin.isBefore(read) || begin.minus(GAP).isAfter(read)) {
            return load();
        }
        List<StsPolicyJson.Entry> changes = select("WHERE written > clock_timestamp() - " + OVERLAP);
        read = begin;
        return changes;
    }

    private List<StsPolicyJson.Entry> select(String which) throws StoreException {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement("SELECT " + COLUMNS + " FROM dane_sts_policy " + which)) {
                query.setFetchSize(BATCH);
                List<StsPolicyJson.Entry> entries = new ArrayList<>();
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        entries.add(entry(rows));
                    }
                }
                return entries;
            }
        });
    }

    private static StsPolicyJson.Entry entry(ResultSet rows) throws SQLException, StoreException {
        String domain = rows.getString("domain");
        try {
            StsPolicyJson.Times times = new StsPolicyJson.Times(instant(rows, "fetched").orElseThrow(),
                instant(rows, "refresh_after").orElseThrow(), instant(rows, "failing_since"), instant(rows, "used").orElseThrow());
            return new StsPolicyJson.Entry(DomainName.of(domain),
                StsPolicyJson.policy(rows.getString("body"), rows.getString("id"), times));
        } catch (IllegalArgumentException e) {
            throw new StoreException("The MTA-STS policy of \"" + domain + "\" in the database can't be used: " + e.getMessage()
                + "; remove its row from dane_sts_policy", e);
        }
    }

    private static Optional<Instant> instant(ResultSet rows, String column) throws SQLException {
        return Optional.ofNullable(rows.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    @Override
    public void write(StsPolicyJson.Entry entry) throws StoreException {
        restore(List.of(entry));
    }

    @Override
    public void restore(List<StsPolicyJson.Entry> entries) throws StoreException {
        database.transaction(connection -> {
            try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
                int rows = 0;
                for (StsPolicyJson.Entry entry : entries) {
                    fill(upsert, entry);
                    upsert.addBatch();
                    rows++;
                    if (rows % BATCH == 0) {
                        upsert.executeBatch();
                    }
                }
                upsert.executeBatch();
                return true;
            }
        });
    }

    private static void fill(PreparedStatement upsert, StsPolicyJson.Entry entry) throws SQLException {
        upsert.setString(1, entry.domain().toString());
        upsert.setString(2, entry.policy().id());
        upsert.setObject(3, at(entry.policy().fetched()));
        upsert.setObject(4, at(entry.policy().refreshAfter()));
        upsert.setObject(5, entry.policy().failingSince().map(PostgresStsPolicies::at).orElse(null));
        upsert.setObject(6, at(entry.policy().used()));
        upsert.setString(7, entry.policy().policy().mode().toString());
        upsert.setObject(8, at(entry.policy().expires()));
        upsert.setString(9, entry.policy().policy().body());
    }

    private static OffsetDateTime at(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    @Override
    public boolean claim(DomainName domain) throws StoreException {
        return database.transaction(connection -> {
            try (PreparedStatement claim = connection.prepareStatement(CLAIM)) {
                claim.setString(1, domain.toString());
                claim.setString(2, domain.toString());
                try (ResultSet rows = claim.executeQuery()) {
                    return rows.next() && rows.getBoolean(1);
                }
            }
        });
    }

    /** Other nodes have written as well, so that only what has ended goes. */
    @Override
    public void compact(List<StsPolicyJson.Entry> entries) throws StoreException {
        int gone = database.transaction(PostgresStsPolicies::deleteExpired);
        LOGGER.debug("{} MTA-STS policies whose lifetime is over are deleted", gone);
    }

    private static int deleteExpired(Connection connection) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM dane_sts_policy WHERE expires < clock_timestamp()")) {
            return delete.executeUpdate();
        }
    }

    /** Nothing is put away: the database is read again until it answers. */
    @Override
    public boolean setAside() {
        return false;
    }

    @Override
    public String toString() {
        return database.toString();
    }
}
