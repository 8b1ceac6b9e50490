/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A process with all its descendants, as Linux accounts for them.
 *
 * @param head the first of them
 */
record ProcessFamily(ProcessHandle head) {
    /** Linux counts processor time in hundredths of a second, whatever its own clock (USER_HZ). */
    private static final Duration TICK = Duration.ofMillis(10);
    /**
     * Index of the first time in {@code /proc/PID/stat}, counted behind the name in parentheses: times of itself and of its ended children.
     */
    private static final int FIRST_TIME = 11;
    private static final int TIMES = 4;

    /** The processor time of all of them, those that have ended included. */
    Duration cpu() {
        return TICK.multipliedBy(members().mapToLong(ProcessFamily::ticks).sum());
    }

    /** The memory they occupy now, in MiB, where what several share is counted once (PSS). */
    long memory() {
        return members().mapToLong(ProcessFamily::kibibytes).sum() / 1024;
    }

    /** The member with that name; it has to be there. */
    ProcessHandle member(String name) {
        return members().filter(process -> read(process, "comm").filter(text -> text.strip().equals(name)).isPresent()).findFirst()
            .orElseThrow(() -> new IllegalStateException("There is no process " + name));
    }

    private Stream<ProcessHandle> members() {
        return Stream.concat(Stream.of(head), head.descendants());
    }

    private static long ticks(ProcessHandle process) {
        return read(process, "stat").map(text -> {
            List<String> fields = List.of(text.substring(text.lastIndexOf(')') + 2).split(" ", -1));
            return fields.subList(FIRST_TIME, FIRST_TIME + TIMES).stream().mapToLong(Long::parseLong).sum();
        }).orElse(0L);
    }

    private static long kibibytes(ProcessHandle process) {
        return read(process, "smaps_rollup").stream().flatMap(String::lines).filter(line -> line.startsWith("Pss:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElse(0);
    }

    /** Empty if the process has ended meanwhile. */
    private static Optional<String> read(ProcessHandle process, String file) {
        Path path = Path.of("/proc", String.valueOf(process.pid()), file);
        try {
            return Optional.of(Files.readString(path));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (process.isAlive()) {
                throw new UncheckedIOException(e);
            }
            return Optional.empty();
        }
    }
}
