/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.pkix.RecordVerdict;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.TlsaRecord;

/**
 * Verdict on whether a chain of certificates is the one that TLSA records speak of. That it is not ({@link NoMatch}) is another thing than
 * that it could not be read ({@link Malformed}).
 */
public sealed interface Verification {

    /**
     * A TLSA record matches the chain.
     *
     * @param record the record that matched
     * @param depth how far above the leaf the matching certificate or key stands, 0 being the leaf
     * @param name the reference identifier that the certificate bears; empty for DANE-EE, where names do not matter
     */
    record Verified(TlsaRecord record, int depth, Optional<DomainName> name) implements Verification {
    }

    /** No TLSA record matches the chain: one verdict for each record, the most telling first. */
    record NoMatch(List<RecordVerdict> verdicts) implements Verification {
        public NoMatch {
            verdicts = List.copyOf(verdicts);
        }
    }

    /**
     * The chain is empty, or not of certificates that can be read.
     *
     * @param text one clause that says what is wrong
     */
    record Malformed(String text) implements Verification {
    }
}
