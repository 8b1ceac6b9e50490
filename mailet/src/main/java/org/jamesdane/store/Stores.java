/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

import org.jamesdane.dane.policy.Policy;

/** The stores of this node, in files or in a database, with the thread that reads and writes them. */
public final class Stores implements AutoCloseable {
    private final StoreThread thread = new StoreThread();
    private final OperatorSettings settings;
    private final AuditStatistics statistics;
    private final DestinationHistory destinations;
    private final Optional<PostgresDatabase> database;
    private final Optional<PostgresConnections> mailConnections;
    private final String shown;
    private final StsPolicies stsPolicies;

    /**
     * Places where data is kept.
     *
     * @param directory of the files
     * @param copy another directory, for a copy of what was read last
     * @param requireState whether mail is held as long as nobody has set a policy or confirmed that there is none
     * @param database in place of the files, where several nodes share it
     * @param mailConnections connections to the database for waiting mail, apart from the one for all else
     * @param maxStsPolicies domains at most whose MTA-STS policies are kept
     */
    public record Location(Path directory, Path copy, boolean requireState, Optional<PostgresDatabase> database, int mailConnections,
            int maxStsPolicies) {
        /** Connections for waiting mail, if nothing is said. */
        public static final int DEFAULT_MAIL_CONNECTIONS = 4;

        /** Takes the places, with the copy where version 0.1.0 had it. */
        public Location(Path directory, Optional<PostgresDatabase> database) {
            this(directory, oldCopy(directory), false, database, DEFAULT_MAIL_CONNECTIONS, StsPolicies.MAX_POLICIES);
        }
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
        mailConnections = database.map(each -> each.connections(location.mailConnections()));
        SettingStore entries = database.<SettingStore>map(PostgresSettingStore::new).orElseGet(() -> new FileSettingStore(directory));
        CounterStore counters = database.<CounterStore>map(PostgresCounterStore::new).orElseGet(() -> new FileCounterStore(directory));
        LastKnownSettings lastKnown = new LastKnownSettings(location.copy(),
            Optional.of(oldCopy(directory)).filter(old -> !old.equals(location.copy())));
        settings = new OperatorSettings(entries, lastKnown,
            new OperatorSettings.Rules(byDefault, location.requireState(), System::nanoTime), thread, clock);
        statistics = new AuditStatistics(counters, thread, clock, run);
        destinations = new DestinationHistory(directory, thread, clock);
        StsPolicyStore policies = database.<StsPolicyStore>map(shared -> new PostgresStsPolicies(shared, clock))
            .orElseGet(() -> new FileStsPolicies(directory));
        stsPolicies = new StsPolicies(policies, new FileStsPolicies(location.copy()), location.maxStsPolicies(), clock);
        shown = database.map(Object::toString).orElse("files in " + directory);
    }

    private static Path oldCopy(Path directory) {
        return directory.resolve("last-known");
    }

    /** Reads what is kept; waits for a limited time if the store does not answer. */
    public void start() {
        // First, since the store answers one question after the other: what waits for the settings has waited for the policies, too.
        thread.later("Reading the MTA-STS policies", stsPolicies::start);
        thread.every(StsPolicies.LOOK, "Reading the MTA-STS policies", stsPolicies::lookAgain);
        settings.start();
        statistics.start();
        destinations.start();
    }

    /** Policies and negative trust anchors in force. */
    public OperatorSettings settings() {
        return settings;
    }

    /** Counts of what enforcement would have held back. */
    public AuditStatistics statistics() {
        return statistics;
    }

    /** MTA-STS policies. They count as unreadable until they are read. */
    public StsPolicies stsPolicies() {
        return stsPolicies;
    }

    /** The destinations with a success on this node within the last day. */
    public DestinationHistory destinations() {
        return destinations;
    }

    /** Connections for mail, which nothing else waits for; empty without a database. */
    public Optional<PostgresConnections> mailConnections() {
        return mailConnections;
    }

    /** The recipients that need an item no more, where all nodes see them; empty without a database. */
    public Optional<AcceptedRecipients> accepted() {
        return mailConnections.map(PostgresAcceptedRecipients::new);
    }

    @Override
    public void close() {
        statistics.close();
        destinations.close();
        thread.close();
        mailConnections.ifPresent(PostgresConnections::close);
        database.ifPresent(PostgresDatabase::close);
    }

    /** Places of the data, without secrets. */
    @Override
    public String toString() {
        return shown;
    }
}
