/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

import org.jamesdane.dane.Policy;

/** What is kept, in files or in a database, with the thread that reads and writes it. */
public final class Stores implements AutoCloseable {
    private final StoreThread thread = new StoreThread();
    private final OperatorSettings settings;
    private final AuditStatistics statistics;
    private final Optional<PostgresDatabase> database;
    private final String shown;

    /**
     * Where things are kept.
     *
     * @param directory of the files, and of the copy of what a database said last
     * @param database in place of the files, where several nodes share it
     */
    public record Location(Path directory, Optional<PostgresDatabase> database) {
    }

    /**
     * Names the stores; {@link #start} reads them.
     *
     * @param byDefault the policy of next hops without one of their own
     * @param run names this run of this node, different from all others
     */
    public Stores(Location location, Policy byDefault, InstantSource clock, String run) {
        Path directory = location.directory();
        database = location.database();
        EntryStore entries = database.<EntryStore>map(PostgresEntryStore::new).orElseGet(() -> new FileEntryStore(directory));
        CounterStore counters = database.<CounterStore>map(PostgresCounterStore::new).orElseGet(() -> new FileCounterStore(directory));
        settings = new OperatorSettings(entries, new LastKnown(directory.resolve("last-known")), byDefault, thread, clock);
        statistics = new AuditStatistics(counters, thread, clock, run);
        shown = database.map(Object::toString).orElse("files in " + directory);
    }

    /** Reads what is kept; waits for a limited time if the store does not answer. */
    public void start() {
        settings.start();
        statistics.start();
    }

    public OperatorSettings settings() {
        return settings;
    }

    public AuditStatistics statistics() {
        return statistics;
    }

    @Override
    public void close() {
        statistics.close();
        thread.close();
        database.ifPresent(PostgresDatabase::close);
    }

    /** Where it is, without secrets. */
    @Override
    public String toString() {
        return shown;
    }
}
