/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A mail that is to wait in the database.
 *
 * @param key under which it waits
 * @param queue the name of the queue it goes back to
 * @param senderDomain empty for the null sender
 * @param recipients for whom it waits
 * @param past the mail's history in figures
 * @param delay the time from now until it is due
 * @param content header and message
 */
public record WaitingMail(Key key, String queue, Optional<String> senderDomain, List<String> recipients, Past past, Duration delay,
        Content content) {
    public WaitingMail {
        recipients = List.copyOf(recipients);
    }

    /**
     * Key of a deferred mail, made from the queue item, the recipients and the attempt, so that storing the same again changes nothing.
     *
     * @param text the id of its row
     */
    public record Key(String text) {
        /** Characters of a key at most. */
        public static final int LONGEST = 100;

        public Key {
            if (text.isEmpty() || text.length() > LONGEST) {
                throw new IllegalArgumentException("An id of " + text.length() + " characters; 1 to " + LONGEST + " are allowed");
            }
        }
    }

    /**
     * A mail's history in figures. An age is a length of time and no time of the clock, so that clocks of nodes may differ.
     *
     * @param age the time that it has been tried for; empty before its first attempt
     * @param paused whether its age stands still, because the last attempt ended for a fault of this server
     * @param retries the number of counted retries
     * @param reason the reason why it waits, as one sentence
     */
    public record Past(Optional<Duration> age, boolean paused, int retries, Optional<String> reason) {
    }

    /** The mail itself. */
    public interface Content {
        /** Envelope and attributes, in a form of which the store knows nothing. Recipients need not be in it. */
        byte[] header();

        /** The octets of the message from the first one on; asked for again if storing is repeated. */
        InputStream message() throws IOException;
    }

    /**
     * A mail that a node may put into the queue, or send itself, as long as the lease lasts and no newer generation is there.
     *
     * @param id the id of the row
     * @param generation a number that each release raises
     */
    public record Handle(String id, long generation) {
        /** The word that travels with the mail through the queue. */
        public String word() {
            return id + "." + generation;
        }

        /** The handle of a word; empty if it is none. */
        public static Optional<Handle> of(String word) {
            int dot = word.lastIndexOf('.');
            if (dot <= 0 || !word.substring(dot + 1).matches("\\d{1,18}")) {
                return Optional.empty();
            }
            return Optional.of(new Handle(word.substring(0, dot), Long.parseLong(word.substring(dot + 1))));
        }
    }

    /** The answer to a node that has taken a mail out of the queue. */
    public sealed interface Taking {
        /**
         * The mail is this node's.
         *
         * @param sentFor whether an operator has asked for it
         * @param age the age as it was stored
         * @param paused whether the age stands still
         * @param waited the time since it was stored, by the clock of the database
         * @param late the time since it was due, by the clock of the database
         */
        record Yours(boolean sentFor, Optional<Duration> age, boolean paused, Duration waited, Duration late) implements Taking {
        }

        /** The database does not know the mail, which is no reason to drop it. */
        record Unknown() implements Taking {
        }

        /** The mail was released once more since, or its end is recorded. */
        record Doubled() implements Taking {
        }
    }

    /** A mail's header and the recipients for whom it still waits. */
    public static final class Read {
        private final byte[] header;
        private final List<String> recipients;
        private final boolean sentFor;

        Read(byte[] header, List<String> recipients, boolean sentFor) {
            this.header = header.clone();
            this.recipients = List.copyOf(recipients);
            this.sentFor = sentFor;
        }

        /** A copy of the mail's header in its stored form. */
        public byte[] header() {
            return header.clone();
        }

        /** Recipients for whom the mail still waits. */
        public List<String> recipients() {
            return recipients;
        }

        /** Tests whether an operator has asked for the mail. */
        public boolean sentFor() {
            return sentFor;
        }
    }

    /**
     * A row as it is listed.
     *
     * @param firstAttempt by the clock of the database
     */
    public record Listed(String id, Optional<String> senderDomain, List<String> recipients, Instant due, int retries,
            Optional<Instant> firstAttempt, Optional<String> reason) {
        public Listed {
            recipients = List.copyOf(recipients);
        }
    }
}
