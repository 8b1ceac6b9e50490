/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything of a stored mail but its message.
 *
 * @param name its name in the queue
 * @param sender empty for the null sender
 * @param recipients at least one
 * @param origin the host that it came from
 * @param status the state in which it goes back to its queue
 * @param recipientHeaders header fields for single recipients
 * @param attributes JSON by name, in the form of James
 */
public record StoredHeader(String name, Optional<String> sender, List<String> recipients, Origin origin, Status status,
        List<RecipientHeader> recipientHeaders, SortedMap<String, String> attributes) {
    /** Octets of the longest header that is read; a hundred thousand recipients need less. */
    public static final int MAX_OCTETS = 16 << 20;

    public StoredHeader {
        recipients = List.copyOf(recipients);
        recipientHeaders = List.copyOf(recipientHeaders);
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("The mail " + name + " has no recipients");
        }
    }

    /**
     * The host that a mail came from.
     *
     * @param host its name
     * @param address its IP address
     */
    public record Origin(String host, String address) {
    }

    /**
     * The state of a mail.
     *
     * @param state the word of James
     * @param error the message of James for a mail that failed; empty if there is none
     * @param updated the time of its last change
     */
    public record Status(String state, Optional<String> error, Instant updated) {
    }

    /**
     * A header field for one recipient alone.
     *
     * @param recipient the address
     * @param field the name of the field
     * @param value the text of the field
     */
    public record RecipientHeader(String recipient, String field, String value) {
    }

    /** The same mail for other recipients. */
    public StoredHeader to(List<String> others) {
        return new StoredHeader(name, sender, others, origin, status, recipientHeaders, attributes);
    }

    /** The header as octets, which end with a checksum. */
    public byte[] encode() {
        return HeaderText.encode(this);
    }

    /**
     * Reads what {@link #encode} made. Lines of a kind that is not known here are passed over.
     *
     * @throws DamagedMailException if these are other octets than those that were stored
     */
    public static StoredHeader decode(byte[] octets) throws DamagedMailException {
        return HeaderText.decode(octets);
    }
}
