/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/** Reads what comes after 354 up to the final dot. */
final class ContentReader {
    private enum State { IN_LINE, AFTER_CR, LINE_START, DOT, DOT_CR }

    private final Wire wire;
    private final EndOfData endOfData;
    private final boolean keep;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private State state = State.LINE_START;
    private long size;
    private boolean complete;

    ContentReader(Wire wire, EndOfData endOfData, boolean keep) {
        this.wire = wire;
        this.endOfData = endOfData;
        this.keep = keep;
    }

    /** Reads this many octets, or less if the content ends before. */
    void read(long octets) throws IOException {
        for (long i = 0; i < octets && !complete; i++) {
            int octet = wire.read();
            if (octet < 0) {
                throw new SessionEnd("client closed within content");
            }
            size++;
            if (keep) {
                kept.write(octet);
            }
            state = endOfData == EndOfData.STRICT ? strict(octet) : lenient(octet);
        }
    }

    /** RFC 5321 §4.1.1.4: the content ends with CRLF "." CRLF, of which the first CRLF belongs to the content. */
    private State strict(int octet) {
        if (state == State.DOT_CR && octet == '\n') {
            complete = true;
        }
        if (octet == '\n' && state == State.AFTER_CR) {
            return State.LINE_START;
        }
        if (octet == '.' && state == State.LINE_START) {
            return State.DOT;
        }
        if (octet == '\r') {
            return state == State.DOT ? State.DOT_CR : State.AFTER_CR;
        }
        return State.IN_LINE;
    }

    private State lenient(int octet) {
        boolean lineEnd = octet == '\r' || octet == '\n';
        if (state == State.DOT && lineEnd) {
            complete = true;
        }
        if (octet == '.' && state == State.LINE_START) {
            return State.DOT;
        }
        return lineEnd ? State.LINE_START : State.IN_LINE;
    }

    Transaction.Content content() {
        int terminator = complete ? (endOfData == EndOfData.STRICT ? 3 : 2) : 0;
        byte[] octets = kept.toByteArray();
        byte[] withoutEnd = keep ? Arrays.copyOf(octets, octets.length - terminator) : octets;
        return new Transaction.Content(new Octets(withoutEnd), size - terminator, complete);
    }
}
