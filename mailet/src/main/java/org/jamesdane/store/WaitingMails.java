/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.io.OutputStream;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import org.jamesdane.store.WaitingMail.Handle;
import org.jamesdane.store.WaitingMail.Taking;

/**
 * Mails that wait in PostgreSQL, for all nodes that share it. Any node releases what is due, whichever node has stored it.
 *
 * <p>A row is {@code waiting} until a node releases it. The row is then {@code released}, and {@code queued} until a node takes the mail
 * out of the queue. It is {@code taken} until all of the mail is settled, and {@code done} for ten days. A row that a node sends from
 * itself is {@code sending}. A lease bounds how long a row is released, queued or sending; when the lease ends, the row is released again
 * under a higher generation. A lease alone would double mail: a node that stood still for longer goes on afterwards. So a mail in the queue
 * carries its generation, and who takes it out asks here whether that is the newest.
 *
 * <p>All times are those of the database's clock. Every change comes to the same if it is done twice, so that a commit that was not
 * confirmed is repeated.
 */
public final class WaitingMails {
    /** Doublings of the queue's lease at most: with half an hour to begin with, 16 hours. */
    private static final int MAX_DOUBLINGS = 5;
    /** Characters of a reason; a column without a limit would keep whatever a host says. */
    static final int MAX_REASON = 500;
    static final String LOOK_LATER = "look = clock_timestamp() + ? * interval '1 ms'";
    /** Class of the SQL states for data that is damaged. */
    private static final String CORRUPTED = "XX";
    private static final String OPEN = "state IN ('waiting', 'sending', 'released', 'queued')";

    private final PostgresConnections connections;
    private final Leases leases;

    /**
     * Lengths of leases.
     *
     * @param inHand time that a node has to put a released mail into the queue, or to renew the lease of a mail it sends itself
     * @param inQueue time that a mail may stay in the queue before it counts as lost there. It doubles with each further release, so that a
     *     queue that is long for hours is not filled with doubles.
     */
    public record Leases(Duration inHand, Duration inQueue) {
        public static final Leases DEFAULTS = new Leases(Duration.ofMinutes(2), Duration.ofMinutes(30));
    }

    /** Uses these connections, which others share and close. */
    public WaitingMails(PostgresConnections connections, Leases leases) {
        this.connections = connections;
        this.leases = leases;
    }

    /**
     * Stores a mail. When this returns, the mail is on the disk of the database. If a mail with the same id is or was there, nothing
     * changes.
     *
     * @return false if a mail with the same id is or was there
     * @throws StoreException if it is not confirmed that the mail is stored; to store it again then is safe
     */
    @CanIgnoreReturnValue
    public boolean store(WaitingMail mail) throws StoreException {
        return connections.repeatable(connection -> insert(connection, mail, "waiting", 0, mail.delay()));
    }

    /**
     * Stores a mail that this node goes on to send, under a lease that {@link #renew} prolongs.
     *
     * @param token a random number above 0 that nobody else has, by which the row is known as this node's
     * @throws StoreException also if the mail is there already, and is not this node's
     */
    public Handle storeInHand(WaitingMail mail, long token) throws StoreException {
        boolean mine = connections.repeatable(connection -> {
            boolean stored = insert(connection, mail, "sending", token, leases.inHand());
            return stored || update(connection, new Handle(mail.key().text(), token), LOOK_LATER, leases.inHand(), "sending");
        });
        if (!mine) {
            throw new StoreException("The mail is in the database already, and another node may be sending it");
        }
        return new Handle(mail.key().text(), token);
    }

    /** Gives a mail that this node was to send itself back, to be released at once by whichever node. */
    public void release(Handle handle) throws StoreException {
        connections.repeatable(connection -> update(connection, handle, LOOK_LATER, Duration.ZERO, "sending"));
    }

    /** The time that a lease in hand lasts. */
    public Duration leaseInHand() {
        return leases.inHand();
    }

    private static boolean insert(Connection connection, WaitingMail mail, String state, long generation, Duration look)
            throws SQLException, StoreException {
        byte[] header = mail.content().header();
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO dane_waiting (id, queue, state, generation, look, due, "
                + "stored, age_ms, paused, retries, sender_domain, reason, octets, header) VALUES (?, ?, ?, ?, "
                + "clock_timestamp() + ? * interval '1 ms', clock_timestamp() + ? * interval '1 ms', clock_timestamp(), "
                + "?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING")) {
            insert.setString(1, mail.key().text());
            insert.setString(2, mail.queue());
            insert.setString(3, state);
            insert.setLong(4, generation);
            insert.setLong(5, look.toMillis());
            insert.setLong(6, mail.delay().toMillis());
            setAge(insert, 7, mail.past().age());
            insert.setBoolean(8, mail.past().paused());
            insert.setInt(9, mail.past().retries());
            insert.setString(10, mail.senderDomain().map(domain -> text(domain, Integer.MAX_VALUE)).orElse(null));
            insert.setString(11, mail.past().reason().map(reason -> text(reason, MAX_REASON)).orElse(null));
            insert.setBytes(12, header);
            if (insert.executeUpdate() == 0) {
                return false;
            }
        }
        WaitingRecipients.insert(connection, mail.key().text(), mail.recipients());
        long octets = WaitingOctets.insert(connection, mail);
        try (PreparedStatement update = connection.prepareStatement("UPDATE dane_waiting SET octets = ? WHERE id = ?")) {
            update.setLong(1, octets);
            update.setString(2, mail.key().text());
            update.executeUpdate();
        }
        return true;
    }

    private static void setAge(PreparedStatement statement, int index, Optional<Duration> age) throws SQLException {
        if (age.isPresent()) {
            statement.setLong(index, age.get().toMillis());
        } else {
            statement.setNull(index, Types.BIGINT);
        }
    }

    /** A text as a column can hold it: PostgreSQL has no NUL. */
    static String text(String text, int most) {
        String clean = text.replace('\0', ' ');
        return clean.length() <= most ? clean : clean.substring(0, most - 1) + "…";
    }

    /**
     * Releases mails that are due, or whose lease has ended. When this returns, nobody else releases them before the lease in hand ends.
     *
     * @param most how many at most
     */
    public List<Handle> release(String queue, int most) throws StoreException {
        // Not repeated: should the commit have succeeded, the lease ends soon.
        return connections.transaction(connection -> {
            // An array is made once; a plan may run a subquery more often. The clock of the transaction can be compared by the index.
            try (PreparedStatement update = connection.prepareStatement("UPDATE dane_waiting SET generation = generation + 1, "
                    + "state = 'released', look = clock_timestamp() + ? * interval '1 ms' WHERE id = ANY(ARRAY("
                    + "SELECT id FROM dane_waiting WHERE queue = ? AND closed IS NULL AND look <= now() AND " + OPEN
                    + " ORDER BY look LIMIT ? FOR UPDATE SKIP LOCKED)) RETURNING id, generation")) {
                update.setLong(1, leases.inHand().toMillis());
                update.setString(2, queue);
                update.setInt(3, most);
                List<Handle> released = new ArrayList<>();
                try (ResultSet rows = update.executeQuery()) {
                    while (rows.next()) {
                        released.add(new Handle(rows.getString(1), rows.getLong(2)));
                    }
                }
                return released;
            }
        });
    }

    /**
     * Reads a released mail.
     *
     * @param message takes the octets of the message
     * @return the header and the recipients; empty if the mail is no longer this node's
     * @throws StoreException of the kind {@code DAMAGED} if the message is not complete, or the database has no sound octets of it
     */
    public Optional<WaitingMail.Read> read(Handle handle, OutputStream message) throws StoreException {
        return connections.transaction(connection -> {
            try {
                return read(connection, handle, message);
            } catch (SQLException e) {
                if (String.valueOf(e.getSQLState()).startsWith(CORRUPTED)) {
                    throw StoreException.damaged("the database can't read it (SQL state " + e.getSQLState() + ")");
                }
                throw e;
            }
        });
    }

    private static Optional<WaitingMail.Read> read(Connection connection, Handle handle, OutputStream message)
            throws SQLException, StoreException {
        byte[] header;
        long octets;
        boolean sentFor;
        try (PreparedStatement query = connection.prepareStatement("SELECT header, octets, sent_for FROM dane_waiting "
                + "WHERE id = ? AND generation = ? AND closed IS NULL FOR SHARE")) {
            set(query, 1, handle);
            try (ResultSet rows = query.executeQuery()) {
                if (!rows.next()) {
                    return Optional.empty();
                }
                header = rows.getBytes(1);
                octets = rows.getLong(2);
                sentFor = rows.getBoolean(3);
            }
        }
        List<String> recipients = WaitingRecipients.of(connection, handle.id());
        if (WaitingOctets.read(connection, handle.id(), message) != octets) {
            throw StoreException.damaged("its message is not complete");
        }
        return Optional.of(new WaitingMail.Read(header, recipients, sentFor));
    }

    /** Says that a mail is in the queue: it has the longer lease from now on. */
    public void enqueued(Handle handle) throws StoreException {
        connections.repeatable(connection -> update(connection, handle, "state = 'queued', look = clock_timestamp() "
            + "+ ? * (2 ^ least(generation - 1, " + MAX_DOUBLINGS + ")) * interval '1 ms'", leases.inQueue(), "released"));
    }

    /** Removes a mail that was put into the queue for good: the node that takes it out there need not know of this database. */
    public void remove(Handle handle) throws StoreException {
        connections.repeatable(connection -> {
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM dane_waiting WHERE id = ? AND generation = ?")) {
                set(delete, 1, handle);
                return delete.executeUpdate() > 0;
            }
        });
    }

    /** Removes what is known of mails that are in the queue, so that the queue alone answers for them. A mail itself is not touched. */
    public void leaveToQueue(String queue) throws StoreException {
        connections.repeatable(connection -> {
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM dane_waiting WHERE queue = ? AND closed IS NULL "
                    + "AND state = 'queued'")) {
                delete.setString(1, queue);
                return delete.executeUpdate();
            }
        });
    }

    /** Gives a mail that was released, but could not be put into the queue, back to be released again after a pause. */
    public void retract(Handle handle, Duration pause) throws StoreException {
        connections.repeatable(connection -> update(connection, handle, LOOK_LATER, pause, "released"));
    }

    /** Prolongs the lease of a mail that this node sends itself; false if it has lost the mail, and must not send it. */
    public boolean renew(Handle handle) throws StoreException {
        return connections.repeatable(connection -> update(connection, handle, LOOK_LATER, leases.inHand(), "sending"));
    }

    static boolean update(Connection connection, Handle handle, String assignment, Duration time, String state)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE dane_waiting SET " + assignment
                + " WHERE id = ? AND generation = ? AND state = ?")) {
            update.setLong(1, time.toMillis());
            set(update, 2, handle);
            update.setString(4, state);
            return update.executeUpdate() > 0;
        }
    }

    static void set(PreparedStatement statement, int index, Handle handle) throws SQLException {
        statement.setString(index, handle.id());
        statement.setLong(index + 1, handle.generation());
    }

    /**
     * Takes a mail that came out of the queue. From now on the queue alone answers for it, and its content leaves the database. A mail that
     * the queue gives out again is given again to who asks, as long as nobody has said {@link #done}.
     */
    public Taking take(Handle handle) throws StoreException {
        return connections.repeatable(connection -> {
            try (PreparedStatement update = connection.prepareStatement("UPDATE dane_waiting SET state = 'taken', "
                    + "generation = ?, header = NULL, reason = NULL, sender_domain = NULL, closed = clock_timestamp() "
                    + "WHERE id = ? AND (generation <= ? OR state IN " + DamagedRows.STATES + ") AND state <> 'done' "
                    + "RETURNING sent_for, age_ms, paused, "
                    + "(extract(epoch FROM clock_timestamp() - stored) * 1000)::bigint, "
                    + "(extract(epoch FROM clock_timestamp() - due) * 1000)::bigint")) {
                update.setLong(1, handle.generation());
                update.setString(2, handle.id());
                update.setLong(3, handle.generation());
                try (ResultSet rows = update.executeQuery()) {
                    if (!rows.next()) {
                        return isThere(connection, handle.id()) ? new Taking.Doubled() : new Taking.Unknown();
                    }
                    Taking taking = new Taking.Yours(rows.getBoolean(1), age(rows, 2), rows.getBoolean(3), since(rows, 4), since(rows, 5));
                    WaitingOctets.delete(connection, handle.id());
                    return taking;
                }
            }
        });
    }

    private static Optional<Duration> age(ResultSet rows, int column) throws SQLException {
        long age = rows.getLong(column);
        return rows.wasNull() ? Optional.empty() : Optional.of(Duration.ofMillis(age));
    }

    /** A time that has gone by; none if the database's clock was set back meanwhile. */
    private static Duration since(ResultSet rows, int column) throws SQLException {
        return Duration.ofMillis(Math.max(0, rows.getLong(column)));
    }

    private static boolean isThere(Connection connection, String id) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT 1 FROM dane_waiting WHERE id = ?")) {
            query.setString(1, id);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** Records that all of a mail is settled: delivered, told of, or stored anew. The queue may give it out once more, in vain. */
    public void done(Handle handle) throws StoreException {
        connections.repeatable(connection -> {
            try (PreparedStatement update = connection.prepareStatement("UPDATE dane_waiting SET state = 'done', header = NULL, "
                    + "reason = NULL, sender_domain = NULL, closed = clock_timestamp() WHERE id = ? AND generation = ?")) {
                set(update, 1, handle);
                if (update.executeUpdate() > 0) {
                    WaitingOctets.delete(connection, handle.id());
                }
                return true;
            }
        });
    }

    /**
     * Makes mails due that wait for longer than any mail does: the database's clock was set back, or the settings were changed.
     *
     * @return how many
     */
    public int noLaterThan(String queue, Duration longest, int most) throws StoreException {
        return connections.repeatable(connection -> {
            try (PreparedStatement update = connection.prepareStatement("UPDATE dane_waiting SET look = now() + ? * interval '1 ms', "
                    + "due = now() + ? * interval '1 ms' WHERE id = ANY(ARRAY(SELECT id FROM dane_waiting WHERE queue = ? "
                    + "AND closed IS NULL AND look > now() + ? * interval '1 ms' AND state = 'waiting' LIMIT ? FOR UPDATE SKIP LOCKED))")) {
                update.setLong(1, longest.toMillis());
                update.setLong(2, longest.toMillis());
                update.setString(3, queue);
                update.setLong(4, longest.toMillis() + 1000);
                update.setInt(5, most);
                return update.executeUpdate();
            }
        });
    }

    /**
     * Forgets rows without content that are older than a time.
     *
     * @return how many
     */
    public int forget(Duration kept, int most) throws StoreException {
        return connections.repeatable(connection -> {
            int forgotten = 0;
            for (String delete : List.of(
                    "DELETE FROM dane_waiting WHERE id = ANY(ARRAY(SELECT id FROM dane_waiting WHERE closed IS NOT NULL "
                        + "AND closed < now() - ? * interval '1 ms' LIMIT ? FOR UPDATE SKIP LOCKED))",
                    "DELETE FROM dane_accepted WHERE ctid = ANY(ARRAY(SELECT ctid FROM dane_accepted "
                        + "WHERE at < now() - ? * interval '1 ms' LIMIT ?))")) {
                try (PreparedStatement statement = connection.prepareStatement(delete)) {
                    statement.setLong(1, kept.toMillis());
                    statement.setInt(2, most);
                    forgotten += statement.executeUpdate();
                }
            }
            return forgotten;
        });
    }

    /** The text array of a statement. */
    static Array array(Connection connection, List<String> values) throws SQLException {
        return connection.createArrayOf("text", values.toArray());
    }
}
