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
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.jamesdane.dns.DomainName;
import org.jamesdane.text.AddressDomain;

/** Lists, releases, deletes and changes waiting mails by their recipients, for an administrator. All nodes' mails are meant. */
public final class WaitingRecipients {
    /** Rows that are changed in one transaction at most. */
    private static final int AT_ONCE = 1000;
    /** Characters of an address that are compared; an index holds no more than about 2,700 octets. */
    private static final int MAX_COMPARED = 600;
    private static final String SHOWN = "(w.state = 'waiting' OR w.state IN " + DamagedRows.STATES + ")";

    private final PostgresConnections connections;

    /** Uses these connections, which others share and close. */
    public WaitingRecipients(PostgresConnections connections) {
        this.connections = connections;
    }

    /** The connections that this uses, for others that look after the same mails. */
    public PostgresConnections connections() {
        return connections;
    }

    /**
     * Selection of mails: those with a recipient to which any of the three applies.
     *
     * @param domains domains, as {@link DomainName} writes them
     * @param parents domains below which all others are meant
     * @param addresses recipients
     */
    public record Which(List<String> domains, List<String> parents, List<String> addresses) {
        /** Every mail. */
        public static final Which ALL = new Which(List.of(), List.of(), List.of());

        public Which {
            domains = domains.stream().map(WaitingRecipients::domain).toList();
            parents = parents.stream().map(parent -> "." + domain(parent)).toList();
            addresses = addresses.stream().map(WaitingRecipients::folded).toList();
        }

        private String condition() {
            return equals(ALL) ? "true" : "(r.domain = ANY(?) OR r.folded = ANY(?)"
                + (parents.isEmpty() ? "" : " OR EXISTS (SELECT 1 FROM unnest(?) AS p WHERE right(r.domain, length(p)) = p)") + ")";
        }

        /** The rows that are meant. */
        private String rows() {
            return equals(ALL) ? "true" : "w.id IN (SELECT r.id FROM dane_waiting_recipient r WHERE " + condition() + ")";
        }

        private int set(PreparedStatement statement, int index) throws SQLException {
            if (equals(ALL)) {
                return index;
            }
            Connection connection = statement.getConnection();
            statement.setArray(index, WaitingMails.array(connection, domains));
            statement.setArray(index + 1, WaitingMails.array(connection, addresses));
            if (parents.isEmpty()) {
                return index + 2;
            }
            statement.setArray(index + 2, WaitingMails.array(connection, parents));
            return index + 3;
        }
    }

    /** The beginning of a list, and how many there are. */
    public record Page(List<WaitingMail.Listed> mails, int total) {
        public Page {
            mails = List.copyOf(mails);
        }
    }

    static void insert(Connection connection, String id, List<String> recipients) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO dane_waiting_recipient VALUES (?, ?, ?, ?) "
                + "ON CONFLICT DO NOTHING")) {
            for (String recipient : recipients) {
                insert.setString(1, id);
                insert.setString(2, WaitingMails.text(recipient, Integer.MAX_VALUE));
                insert.setString(3, folded(recipient));
                insert.setString(4, domain(AddressDomain.of(recipient)));
                insert.addBatch();
            }
            int[] counts = insert.executeBatch();
            if (counts.length != recipients.size()) {
                throw new SQLException("Not all recipients were stored");
            }
        }
    }

    static List<String> of(Connection connection, String id) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT recipient FROM dane_waiting_recipient WHERE id = ? "
                + "ORDER BY recipient")) {
            query.setString(1, id);
            List<String> recipients = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    recipients.add(rows.getString(1));
                }
            }
            return recipients;
        }
    }

    private static String folded(String address) {
        return compared(address.toLowerCase(Locale.ROOT));
    }

    private static String domain(String domain) {
        return compared(DomainName.parse(domain).map(DomainName::toString).orElseGet(() -> domain.toLowerCase(Locale.ROOT)));
    }

    private static String compared(String text) {
        String clean = text.replace('\0', ' ');
        return clean.length() <= MAX_COMPARED ? clean : clean.substring(0, MAX_COMPARED);
    }

    /** The mails that wait, or are damaged, and are meant; those that are due first before the others. */
    public Page list(String queue, Which which, int limit) throws StoreException {
        return connections.repeatable(connection -> {
            int total = count(connection, queue, which);
            try (PreparedStatement query = connection.prepareStatement("SELECT w.id, w.sender_domain, w.due, w.retries, w.reason, "
                    + "w.stored - w.age_ms * interval '1 ms' AS first_attempt, "
                    + "ARRAY(SELECT r.recipient FROM dane_waiting_recipient r WHERE r.id = w.id ORDER BY r.recipient) AS recipients "
                    + "FROM dane_waiting w WHERE w.queue = ? AND w.closed IS NULL AND " + SHOWN + " AND " + which.rows()
                    + " ORDER BY w.look LIMIT ?")) {
                query.setString(1, queue);
                query.setInt(which.set(query, 2), limit);
                List<WaitingMail.Listed> mails = new ArrayList<>();
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        mails.add(listed(rows));
                    }
                }
                return new Page(mails, total);
            }
        });
    }

    private static WaitingMail.Listed listed(ResultSet rows) throws SQLException {
        OffsetDateTime firstAttempt = rows.getObject("first_attempt", OffsetDateTime.class);
        return new WaitingMail.Listed(rows.getString("id"), Optional.ofNullable(rows.getString("sender_domain")),
            Arrays.asList((String[]) rows.getArray("recipients").getArray()),
            rows.getObject("due", OffsetDateTime.class).toInstant(), rows.getInt("retries"),
            Optional.ofNullable(firstAttempt).map(OffsetDateTime::toInstant), Optional.ofNullable(rows.getString("reason")));
    }

    private static int count(Connection connection, String queue, Which which) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT count(*) FROM dane_waiting w WHERE w.queue = ? "
                + "AND w.closed IS NULL AND " + SHOWN + " AND " + which.rows())) {
            query.setString(1, queue);
            which.set(query, 2);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? rows.getInt(1) : 0;
            }
        }
    }

    /**
     * Marks mails as sent for, and makes them due now.
     *
     * @return how many
     */
    public int sendFor(String queue, Which which) throws StoreException {
        int all = 0;
        int some;
        do {
            some = connections.repeatable(connection -> {
                try (PreparedStatement update = connection.prepareStatement("UPDATE dane_waiting SET look = now(), due = now(), "
                        + "sent_for = true WHERE id = ANY(ARRAY(SELECT w.id FROM dane_waiting w WHERE w.queue = ? AND w.closed IS NULL "
                        + "AND w.state = 'waiting' AND NOT w.sent_for AND " + which.rows() + " LIMIT " + AT_ONCE
                        + " FOR UPDATE SKIP LOCKED))")) {
                    update.setString(1, queue);
                    which.set(update, 2);
                    return update.executeUpdate();
                }
            });
            all += some;
        } while (some > 0);
        return all;
    }

    /**
     * Takes the recipients that are meant out of the mails, and removes mails that have no other.
     *
     * @return how many mails this has changed or removed
     */
    public int delete(String queue, Which which, HeaderChange change) throws StoreException {
        int all = 0;
        int some;
        do {
            some = connections.repeatable(connection -> deleteSome(connection, queue, which, change));
            all += some;
        } while (some > 0);
        return all;
    }

    /** Makes a mail's header for the recipients that are left. */
    @FunctionalInterface
    public interface HeaderChange {
        /**
         * Makes the header for these recipients.
         *
         * @throws StoreException if the header cannot be read
         */
        byte[] to(byte[] header, List<String> recipients) throws StoreException;
    }

    private static int deleteSome(Connection connection, String queue, Which which, HeaderChange change)
            throws SQLException, StoreException {
        List<String> ids = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement("SELECT w.id FROM dane_waiting w WHERE w.queue = ? "
                + "AND w.closed IS NULL AND w.state = 'waiting' AND " + which.rows() + " LIMIT " + AT_ONCE + " FOR UPDATE")) {
            query.setString(1, queue);
            which.set(query, 2);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
            }
        }
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM dane_waiting_recipient r WHERE r.id = ANY(?) AND "
                + which.condition())) {
            delete.setArray(1, WaitingMails.array(connection, ids));
            which.set(delete, 2);
            delete.executeUpdate();
        }
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM dane_waiting w WHERE w.id = ANY(?) AND NOT EXISTS "
                + "(SELECT 1 FROM dane_waiting_recipient r WHERE r.id = w.id)")) {
            delete.setArray(1, WaitingMails.array(connection, ids));
            if (delete.executeUpdate() < ids.size()) {
                changeHeaders(connection, ids, change);
            }
        }
        return ids.size();
    }

    private static void changeHeaders(Connection connection, List<String> ids, HeaderChange change) throws SQLException, StoreException {
        try (PreparedStatement query = connection.prepareStatement("SELECT id, header FROM dane_waiting WHERE id = ANY(?)");
             PreparedStatement update = connection.prepareStatement("UPDATE dane_waiting SET header = ? WHERE id = ?")) {
            query.setArray(1, WaitingMails.array(connection, ids));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    String id = rows.getString(1);
                    update.setBytes(1, change.to(rows.getBytes(2), of(connection, id)));
                    update.setString(2, id);
                    update.executeUpdate();
                }
            }
        }
    }

    /** The number of mails of each queue that wait or are being released or sent, for the search for forgotten mail. */
    public List<Counted> counts() throws StoreException {
        return connections.repeatable(connection -> {
            try (PreparedStatement query = connection.prepareStatement("SELECT queue, count(*), max(extract(epoch FROM now() - look)) "
                    + "FROM dane_waiting WHERE closed IS NULL AND state <> 'queued' GROUP BY queue ORDER BY queue");
                 ResultSet rows = query.executeQuery()) {
                List<Counted> counts = new ArrayList<>();
                while (rows.next()) {
                    counts.add(new Counted(rows.getString(1), rows.getInt(2), Duration.ofMillis(Math.max(0,
                        (long) (rows.getDouble(3) * 1000)))));
                }
                return counts;
            }
        });
    }

    /**
     * The mails of a queue.
     *
     * @param late the time by which the first of them is late
     */
    public record Counted(String queue, int mails, Duration late) {
    }
}
