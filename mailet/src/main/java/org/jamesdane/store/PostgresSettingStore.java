/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Keeps entries in PostgreSQL, for all nodes that use the same database. */
public final class PostgresSettingStore implements SettingStore {
    private static final String COLUMNS = "key, value, reason, owner, expiry, since";

    private final PostgresDatabase database;

    /** Uses this database, which others share and close. */
    public PostgresSettingStore(PostgresDatabase database) {
        this.database = database;
    }

    @Override
    public String revision(SettingKind kind) throws StoreException {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement("SELECT revision FROM dane_revision WHERE kind = ?")) {
                query.setString(1, kind.plural());
                try (ResultSet rows = query.executeQuery()) {
                    return rows.next() ? String.valueOf(rows.getLong(1)) : "none";
                }
            }
        });
    }

    @Override
    public boolean holds(SettingKind kind) throws StoreException {
        // Every change raises it, and so does begin.
        return !revision(kind).equals("0");
    }

    @Override
    public void begin(SettingKind kind) throws StoreException {
        database.transaction(connection -> {
            raiseRevision(connection, kind);
            return true;
        });
    }

    @Override
    public List<Setting> load(SettingKind kind) throws StoreException {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(
                    "SELECT " + COLUMNS + " FROM dane_entry WHERE kind = ? ORDER BY key LIMIT " + (kind.max() + 1))) {
                query.setString(1, kind.plural());
                List<Setting> entries = new ArrayList<>();
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        entries.add(entry(kind, rows));
                    }
                }
                return entries;
            }
        });
    }

    @Override
    public void put(SettingChange change, Expectation expected) throws StoreException {
        Setting entry = change.entry();
        SettingKind kind = entry.kind();
        changing(change, connection -> {
            raiseRevision(connection, kind);
            expected.check(change, present(connection, kind, entry.key()));
            if (count(connection, entry) >= kind.max()) {
                throw new StoreException("There are already " + kind.max() + " " + kind.plural() + "; remove others first");
            }
            try (PreparedStatement upsert = connection.prepareStatement("INSERT INTO dane_entry (" + COLUMNS + ", kind) VALUES "
                    + "(?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET value = EXCLUDED.value, reason = EXCLUDED.reason, "
                    + "owner = EXCLUDED.owner, expiry = EXCLUDED.expiry, since = EXCLUDED.since")) {
                set(upsert, entry);
                upsert.setString(7, kind.plural());
                upsert.executeUpdate();
            }
            writeHistory(connection, change);
            return true;
        });
    }

    @Override
    public boolean remove(SettingChange change) throws StoreException {
        Setting entry = change.entry();
        return changing(change, connection -> {
            raiseRevision(connection, entry.kind());
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM dane_entry WHERE key = ? AND value = ? AND reason = ? "
                    + "AND owner = ? AND expiry IS NOT DISTINCT FROM ? AND since = ? AND kind = ?")) {
                set(delete, entry);
                delete.setString(7, entry.kind().plural());
                if (delete.executeUpdate() == 0) {
                    return false;
                }
            }
            writeHistory(connection, change);
            return true;
        });
    }

    @Override
    public List<SettingChange> history(SettingKind kind, Optional<String> key) throws StoreException {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement("SELECT at, action, " + COLUMNS + " FROM dane_history WHERE kind = ?"
                    + (key.isPresent() ? " AND key = ?" : "") + " ORDER BY id DESC LIMIT " + MAX_HISTORY)) {
                query.setString(1, kind.plural());
                if (key.isPresent()) {
                    query.setString(2, key.get());
                }
                List<SettingChange> changes = new ArrayList<>();
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        Optional<SettingChange.Action> action = SettingChange.Action.find(rows.getString("action"));
                        if (action.isPresent()) {
                            changes.add(new SettingChange(instant(rows, "at"), action.get(), entry(kind, rows)));
                        }
                    }
                }
                Collections.reverse(changes);
                return changes;
            }
        });
    }

    /** Makes a change. Where the database does not say what became of it, its history does. */
    private boolean changing(SettingChange change, PostgresDatabase.Work<Boolean> work) throws StoreException {
        try {
            return database.transaction(work);
        } catch (StoreException e) {
            if (e.kind() == StoreException.Kind.IN_DOUBT && isInHistory(change, e)) {
                return true;
            }
            throw e.kind() == StoreException.Kind.IN_DOUBT
                ? new StoreException("The connection to the store broke before the change was stored; nothing was changed", e) : e;
        }
    }

    private boolean isInHistory(SettingChange change, StoreException doubt) throws StoreException {
        try {
            return database.transaction(connection -> {
                // Waits for the row, and so for the end of a transaction that is still under way.
                raiseRevision(connection, change.entry().kind());
                try (PreparedStatement query = connection.prepareStatement("SELECT 1 FROM dane_history WHERE key = ? AND value = ? AND "
                        + "reason = ? AND owner = ? AND expiry IS NOT DISTINCT FROM ? AND since = ? AND kind = ? AND at = ? "
                        + "AND action = ?")) {
                    set(query, change.entry());
                    query.setString(7, change.entry().kind().plural());
                    query.setObject(8, time(change.at()));
                    query.setString(9, change.action().toString());
                    try (ResultSet rows = query.executeQuery()) {
                        return rows.next();
                    }
                }
            });
        } catch (StoreException e) {
            doubt.addSuppressed(e);
            throw doubt;
        }
    }

    private static Optional<Setting> present(Connection connection, SettingKind kind, String key) throws SQLException, StoreException {
        try (PreparedStatement query = connection.prepareStatement("SELECT " + COLUMNS + " FROM dane_entry WHERE kind = ? AND key = ?")) {
            query.setString(1, kind.plural());
            query.setString(2, key);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? Optional.of(entry(kind, rows)) : Optional.empty();
            }
        }
    }

    /** Takes the kind's row, so that changes come one after the other and each is seen. */
    private static void raiseRevision(Connection connection, SettingKind kind) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE dane_revision SET revision = revision + 1 WHERE kind = ?")) {
            update.setString(1, kind.plural());
            update.executeUpdate();
        }
    }

    private static int count(Connection connection, Setting besides) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT count(*) FROM dane_entry WHERE kind = ? AND key <> ?")) {
            query.setString(1, besides.kind().plural());
            query.setString(2, besides.key());
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? rows.getInt(1) : 0;
            }
        }
    }

    private static void writeHistory(Connection connection, SettingChange change) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO dane_history (" + COLUMNS + ", kind, at, action) VALUES "
                + "(?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            set(insert, change.entry());
            insert.setString(7, change.entry().kind().plural());
            insert.setObject(8, time(change.at()));
            insert.setString(9, change.action().toString());
            insert.executeUpdate();
        }
    }

    private static void set(PreparedStatement statement, Setting entry) throws SQLException {
        statement.setString(1, entry.key());
        statement.setString(2, entry.value());
        statement.setString(3, entry.reason());
        statement.setString(4, entry.owner());
        if (entry.expiry().isPresent()) {
            statement.setObject(5, time(entry.expiry().get()), Types.TIMESTAMP_WITH_TIMEZONE);
        } else {
            statement.setNull(5, Types.TIMESTAMP_WITH_TIMEZONE);
        }
        statement.setObject(6, time(entry.since()), Types.TIMESTAMP_WITH_TIMEZONE);
    }

    private static Setting entry(SettingKind kind, ResultSet rows) throws SQLException, StoreException {
        try {
            OffsetDateTime expiry = rows.getObject("expiry", OffsetDateTime.class);
            return new Setting(kind, rows.getString("key"), rows.getString("value"), rows.getString("reason"), rows.getString("owner"),
                Optional.ofNullable(expiry).map(OffsetDateTime::toInstant), instant(rows, "since"));
        } catch (IllegalArgumentException e) {
            throw new StoreException("The table dane_entry has a row that can't be used: " + e.getMessage(), e);
        }
    }

    private static Instant instant(ResultSet rows, String column) throws SQLException {
        return rows.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
