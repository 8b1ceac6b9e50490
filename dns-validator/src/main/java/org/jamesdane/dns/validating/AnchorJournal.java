/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Place of the state of managed trust anchors between two runs. For one node, and never shared. */
public interface AnchorJournal {
    /**
     * State that an earlier run left.
     *
     * @param points the trust points; empty if there is no journal, or none that can be used
     * @param finding a sentence about what is wrong with it, without its full stop; empty if nothing is
     * @param writable whether a new state may take its place
     */
    record Contents(Optional<List<TrustPoint>> points, Optional<String> finding, boolean writable) {
        /** No earlier run. */
        public static final Contents NONE = new Contents(Optional.empty(), Optional.empty(), true);
    }

    /** Reads the journal. Never fails: what can't be read is a finding. */
    Contents read();

    /**
     * Replaces what is kept.
     *
     * @throws IOException if the state before stands, or may stand after a power failure
     */
    void write(List<TrustPoint> points) throws IOException;

    /** Place of the journal, for people. */
    @Override
    String toString();
}
