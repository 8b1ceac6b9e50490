/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Keeps accepted recipients in PostgreSQL, for all nodes that use the same database. */
public final class PostgresAcceptedRecipients implements AcceptedRecipients {
    private final PostgresConnections connections;

    /** Uses these connections, which others share and close. */
    public PostgresAcceptedRecipients(PostgresConnections connections) {
        this.connections = connections;
    }

    @Override
    public void record(ItemLife item, Collection<String> recipients) throws StoreException {
        connections.repeatable(connection -> insert(connection, item, recipients));
    }

    /** Records accepted recipients within a transaction that does more. */
    static int insert(Connection connection, ItemLife item, Collection<String> recipients) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO dane_accepted (item, recipient, at) "
                + "VALUES (?, ?, clock_timestamp()) ON CONFLICT DO NOTHING")) {
            for (String recipient : recipients) {
                insert.setString(1, item.text());
                insert.setString(2, recipient);
                insert.addBatch();
            }
            return insert.executeBatch().length;
        }
    }

    @Override
    public Set<String> of(ItemLife item) throws StoreException {
        return connections.repeatable(connection -> {
            try (PreparedStatement query = connection.prepareStatement("SELECT recipient FROM dane_accepted WHERE item = ?")) {
                query.setString(1, item.text());
                Set<String> recipients = new HashSet<>();
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        recipients.add(rows.getString(1));
                    }
                }
                return recipients;
            }
        });
    }
}
