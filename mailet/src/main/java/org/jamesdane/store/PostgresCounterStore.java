/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** Keeps counters in PostgreSQL; the sums are those of all nodes that use the same database. */
public final class PostgresCounterStore implements CounterStore {
    /** Lines that are given at most, the newest. */
    private static final int MAX_LINES = 100_000;

    private final PostgresDatabase database;

    /** Uses this database, which others share and close. */
    public PostgresCounterStore(PostgresDatabase database) {
        this.database = database;
    }

    @Override
    public void write(String run, Collection<Counter> counters, Instant now) throws StoreException {
        database.transaction(connection -> {
            try (PreparedStatement upsert = connection.prepareStatement("INSERT INTO dane_counter "
                    + "(run, hour, domain, finding, reason, count) VALUES (?, ?, ?, ?, ?, ?) "
                    + "ON CONFLICT (hour, domain, finding, reason, run) DO UPDATE SET count = EXCLUDED.count")) {
                for (Counter counter : counters) {
                    upsert.setString(1, run);
                    upsert.setObject(2, counter.hour().atOffset(ZoneOffset.UTC));
                    upsert.setString(3, counter.domain());
                    upsert.setString(4, counter.finding());
                    upsert.setString(5, counter.reason());
                    upsert.setLong(6, counter.count());
                    upsert.addBatch();
                }
                upsert.executeBatch();
            }
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM dane_counter WHERE hour < ?")) {
                delete.setObject(1, now.minus(RETENTION).atOffset(ZoneOffset.UTC));
                delete.executeUpdate();
            }
            return true;
        });
    }

    @Override
    public List<Counter> read(Instant since) throws StoreException {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement("SELECT hour, domain, finding, reason, sum(count) AS total "
                    + "FROM dane_counter WHERE hour >= ? GROUP BY hour, domain, finding, reason "
                    + "ORDER BY hour DESC, domain, finding, reason LIMIT " + MAX_LINES)) {
                query.setObject(1, since.atOffset(ZoneOffset.UTC));
                List<Counter> counters = new ArrayList<>();
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        counters.add(new Counter(rows.getObject("hour", OffsetDateTime.class).toInstant(), rows.getString("domain"),
                            rows.getString("finding"), rows.getString("reason"), rows.getLong("total")));
                    }
                }
                Collections.reverse(counters);
                return counters;
            }
        });
    }
}
