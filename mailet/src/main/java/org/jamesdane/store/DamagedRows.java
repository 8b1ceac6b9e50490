/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jamesdane.store.WaitingMail.Handle;

/**
 * Mails in the database that can't be read: their rows are marked {@code damaged}, and {@code damaged-told} once their senders know.
 * They are neither released nor removed. A copy of such a mail that is still in the queue is no double: it is all that is left.
 */
public final class DamagedRows {
    /** The states of such rows, in SQL; the index has the same words. */
    static final String STATES = "('damaged', 'damaged-told')";

    private final PostgresConnections connections;
    private final Duration lease;

    /**
     * Looks after rows of all queues.
     *
     * @param lease the time that a node has to tell a sender, before another one does
     */
    public DamagedRows(PostgresConnections connections, Duration lease) {
        this.connections = connections;
        this.lease = lease;
    }

    /** Marks a mail that this node has released. */
    public void mark(Handle handle, String why) throws StoreException {
        connections.repeatable(connection -> {
            try (PreparedStatement update = connection.prepareStatement("UPDATE dane_waiting SET state = 'damaged', reason = ?, "
                    + "look = now() WHERE id = ? AND generation = ? AND state = 'released'")) {
                update.setString(1, WaitingMails.text(why, WaitingMails.MAX_REASON));
                WaitingMails.set(update, 2, handle);
                return update.executeUpdate();
            }
        });
    }

    /** Number of damaged mails of a queue. */
    public int count(String queue) throws StoreException {
        return connections.repeatable(connection -> {
            try (PreparedStatement query = connection.prepareStatement("SELECT count(*) FROM dane_waiting WHERE queue = ? "
                    + "AND closed IS NULL AND state IN " + STATES)) {
                query.setString(1, queue);
                try (ResultSet rows = query.executeQuery()) {
                    return rows.next() ? rows.getInt(1) : 0;
                }
            }
        });
    }

    /**
     * Takes mails whose lifetime is over and whose senders do not know, for this node to tell them.
     *
     * @param lifetime the age at which a mail is given up
     */
    public List<Handle> over(String queue, Duration lifetime, int most) throws StoreException {
        return connections.transaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement("UPDATE dane_waiting SET generation = generation + 1, "
                    + "look = clock_timestamp() + ? * interval '1 ms' WHERE id = ANY(ARRAY(SELECT id FROM dane_waiting WHERE queue = ? "
                    + "AND closed IS NULL AND state = 'damaged' AND look <= now() "
                    + "AND stored - coalesce(age_ms, 0) * interval '1 ms' <= now() - ? * interval '1 ms' "
                    + "ORDER BY look LIMIT ? FOR UPDATE SKIP LOCKED)) RETURNING id, generation")) {
                update.setLong(1, lease.toMillis());
                update.setString(2, queue);
                update.setLong(3, lifetime.toMillis());
                update.setInt(4, most);
                List<Handle> over = new ArrayList<>();
                try (ResultSet rows = update.executeQuery()) {
                    while (rows.next()) {
                        over.add(new Handle(rows.getString(1), rows.getLong(2)));
                    }
                }
                return over;
            }
        });
    }

    /** Envelope and attributes of a mail, as far as the database gives them; empty if it is no longer this node's. */
    public Optional<WaitingMail.Read> envelope(Handle handle) throws StoreException {
        return connections.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement("SELECT header FROM dane_waiting WHERE id = ? AND generation = ? "
                    + "AND state = 'damaged'")) {
                WaitingMails.set(query, 1, handle);
                try (ResultSet rows = query.executeQuery()) {
                    return rows.next() ? Optional.of(new WaitingMail.Read(rows.getBytes(1), WaitingRecipients.of(connection, handle.id()),
                        false)) : Optional.empty();
                }
            }
        });
    }

    /** Records that the sender knows. */
    public void told(Handle handle) throws StoreException {
        connections.repeatable(connection -> {
            try (PreparedStatement update = connection.prepareStatement("UPDATE dane_waiting SET state = 'damaged-told', "
                    + "reason = reason || '; its sender was told' WHERE id = ? AND generation = ? AND state = 'damaged'")) {
                WaitingMails.set(update, 1, handle);
                return update.executeUpdate();
            }
        });
    }

    /** Leaves a mail alone for a time, since its sender could not be told. */
    public void later(Handle handle, Duration pause) throws StoreException {
        connections.repeatable(connection -> WaitingMails.update(connection, handle, WaitingMails.LOOK_LATER, pause, "damaged"));
    }
}
