/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/** The octets of waiting mails, in rows of limited length so that a large message is never in memory as a whole. */
final class WaitingOctets {
    /** Octets of a message in one row. */
    static final int CHUNK = 256 * 1024;
    /** Rows that are read at once. */
    private static final int FETCHED = 4;

    private WaitingOctets() {
    }

    static long insert(Connection connection, WaitingMail mail) throws SQLException, StoreException {
        long octets = 0;
        try (InputStream message = mail.content().message();
             PreparedStatement insert = connection.prepareStatement("INSERT INTO dane_waiting_octets VALUES (?, ?, ?)")) {
            byte[] chunk = new byte[CHUNK];
            int number = 0;
            for (int read = message.readNBytes(chunk, 0, CHUNK); read > 0; read = message.readNBytes(chunk, 0, CHUNK)) {
                insert.setString(1, mail.key().text());
                insert.setInt(2, number++);
                insert.setBytes(3, read == CHUNK ? chunk : Arrays.copyOf(chunk, read));
                insert.executeUpdate();
                octets += read;
            }
        } catch (IOException e) {
            throw new StoreException("The message of a mail that should wait in the database could not be read: " + e.getMessage(), e);
        }
        return octets;
    }

    static long read(Connection connection, String id, OutputStream message) throws SQLException, StoreException {
        long octets = 0;
        try (PreparedStatement query = connection.prepareStatement("SELECT octets FROM dane_waiting_octets WHERE id = ? ORDER BY number")) {
            query.setString(1, id);
            query.setFetchSize(FETCHED);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    byte[] chunk = rows.getBytes(1);
                    message.write(chunk);
                    octets += chunk.length;
                }
            }
        } catch (IOException e) {
            throw new StoreException("The message of a waiting mail could not be written down: " + e.getMessage(), e);
        }
        return octets;
    }

    /** Deletes a mail's message and recipients. */
    static void delete(Connection connection, String id) throws SQLException {
        for (String table : List.of("dane_waiting_octets", "dane_waiting_recipient")) {
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM " + table + " WHERE id = ?")) {
                delete.setString(1, id);
                delete.executeUpdate();
            }
        }
    }
}
