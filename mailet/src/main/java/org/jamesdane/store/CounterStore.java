/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** Keeps what audits counted, for each run of each node by itself, so that writing the same twice changes nothing. */
public interface CounterStore {
    /** Time for which counts are kept. */
    Duration RETENTION = Duration.ofDays(31);

    /**
     * Writes counts in place of those that this run has written for the same hour, domain, finding and reason; forgets what is older
     * than {@link #RETENTION}.
     *
     * @param run names one run of one node
     */
    void write(String run, Collection<Counter> counters, Instant now) throws StoreException;

    /** The counts of all nodes from an hour on, one line for each hour, domain, finding and reason. */
    List<Counter> read(Instant since) throws StoreException;
}
