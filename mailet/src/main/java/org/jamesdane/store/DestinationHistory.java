/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The destinations that took or judged a mail of this node within the last day, in the file {@code recent-destinations}. The file is
 * written now and then. Without it, destinations count as unknown until their next success, which costs places and no mail.
 */
public final class DestinationHistory {
    /** Time for which a success is remembered. */
    public static final Duration REMEMBERED = Duration.ofDays(1);
    /** Interval between writes: a node that is killed forgets the successes since the last one. */
    static final Duration FLUSH = Duration.ofMinutes(5);
    /** Destinations that are remembered, those of the last successes; each costs some hundred octets. */
    static final int MAX_DESTINATIONS = 50_000;
    /** Octets that are read at the start. */
    private static final long LONGEST = 32L << 20;
    private static final Logger LOGGER = LoggerFactory.getLogger(DestinationHistory.class);

    private final AtomicFile file;
    private final StoreThread thread;
    private final InstantSource clock;
    /** Epoch second of the last success, the oldest first. */
    @GuardedBy("this")
    private final Map<String, Long> successes = new LinkedHashMap<>();
    @GuardedBy("this")
    private boolean changed;
    @GuardedBy("this")
    private boolean failing;

    /** Keeps the file in a directory; {@link #start} reads it. */
    DestinationHistory(Path directory, StoreThread thread, InstantSource clock) {
        this.file = new AtomicFile(directory.resolve("recent-destinations"));
        this.thread = thread;
        this.clock = clock;
    }

    /** Reads the file, and writes it regularly from now on. */
    void start() {
        read();
        thread.every(FLUSH, "Writing the successes of destinations", this::flush);
    }

    /** Tests whether the destination had a success within the last day. */
    public synchronized boolean isRecent(String destination) {
        Long second = successes.get(destination);
        return second != null && isRecent(second);
    }

    /** Notes a success of the destination. */
    public synchronized void succeeded(String destination) {
        successes.remove(destination);
        put(destination, clock.instant().getEpochSecond());
        changed = true;
    }

    /** Forgets the success of a destination. */
    public synchronized void forget(String destination) {
        changed |= successes.remove(destination) != null;
    }

    @GuardedBy("this")
    private void put(String destination, long second) {
        successes.put(destination, second);
        if (successes.size() > MAX_DESTINATIONS) {
            successes.remove(successes.keySet().iterator().next());
        }
    }

    /** A success that seems to come is the work of a clock that was set. */
    private boolean isRecent(long second) {
        return Math.abs(clock.instant().getEpochSecond() - second) < REMEMBERED.toSeconds();
    }

    private synchronized void read() {
        try {
            String text = file.exists() ? new String(file.read(LONGEST), UTF_8) : "";
            for (String line : text.split("\n", -1)) {
                readLine(line);
            }
        } catch (IOException e) {
            LOGGER.warn("The successes of destinations can't be read ({}); all destinations count as unknown until they take a mail",
                e.toString());
        }
    }

    @GuardedBy("this")
    private void readLine(String line) {
        String[] fields = line.split(" ", -1);
        if (line.isBlank()) {
            return;
        }
        try {
            long second = Long.parseLong(fields[0]);
            if (fields.length != 2) {
                throw new IllegalArgumentException("it has " + fields.length + " fields");
            }
            if (isRecent(second)) {
                put(URLDecoder.decode(fields[1], UTF_8), second);
            }
        } catch (IllegalArgumentException e) {
            LOGGER.warn("A line of the file {} is damaged and is left out: {}", file.path(), e.getMessage());
        }
    }

    /** Writes what has changed, on the store's thread. */
    void flush() {
        try {
            Optional<Map<String, Long>> written = copy();
            if (written.isPresent()) {
                String text = text(written.get());
                file.replace(out -> out.write(text.getBytes(UTF_8)));
            }
            written();
        } catch (IOException e) {
            if (!remember()) {
                LOGGER.warn("The successes of destinations can't be written and are kept in memory: {}", e.toString());
            }
        }
    }

    private synchronized Optional<Map<String, Long>> copy() {
        if (!changed) {
            return Optional.empty();
        }
        changed = false;
        successes.values().removeIf(second -> !isRecent(second));
        return Optional.of(new LinkedHashMap<>(successes));
    }

    /** Encodes without the lock, for which the dispatcher of all deliveries may be waiting. */
    private static String text(Map<String, Long> successes) {
        StringBuilder text = new StringBuilder();
        successes.forEach((destination, second) -> text.append(second).append(' ').append(URLEncoder.encode(destination, UTF_8))
            .append('\n'));
        return text.toString();
    }

    private synchronized void written() {
        failing = false;
    }

    /** Has all successes written again; returns whether the writing failed before. */
    private synchronized boolean remember() {
        changed = true;
        boolean before = failing;
        failing = true;
        return before;
    }

    /** Writes the last successes when this server stops. */
    void close() {
        thread.later("Writing the successes of destinations", this::flush);
    }
}
