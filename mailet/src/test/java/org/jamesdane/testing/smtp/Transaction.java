/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;

/**
 * Mail transaction, from MAIL on, as far as it got.
 *
 * @param sender the argument of MAIL
 * @param recipients the arguments of RCPT that were accepted
 * @param refused the arguments of RCPT that were not
 * @param protection over which kind of channel MAIL came
 * @param content the message, if DATA was allowed
 * @param accepted whether the server took responsibility for the message
 */
public record Transaction(Mailbox sender, List<Mailbox> recipients, List<Mailbox> refused, Protection protection,
        Optional<Content> content, boolean accepted) {
    public Transaction {
        recipients = List.copyOf(recipients);
        refused = List.copyOf(refused);
    }

    /**
     * Content that came after 354.
     *
     * @param size the number of octets on the wire, without the final dot line
     * @param complete whether the final dot line came
     */
    public record Content(Octets octets, long size, boolean complete) {

        /** The octets exactly as they came, without the final dot line; empty if the server does not keep them. */
        public byte[] wire() {
            return octets.copy();
        }

        /** The message: the octets without the dots that were added for transparency (RFC 5321 §4.5.2). */
        public byte[] message() {
            byte[] wire = octets.copy();
            ByteArrayOutputStream out = new ByteArrayOutputStream(wire.length);
            boolean lineStart = true;
            for (int i = 0; i < wire.length; i++) {
                if (!lineStart || wire[i] != '.') {
                    out.write(wire[i]);
                }
                lineStart = wire[i] == '\n' && i > 0 && wire[i - 1] == '\r';
            }
            return out.toByteArray();
        }
    }
}
