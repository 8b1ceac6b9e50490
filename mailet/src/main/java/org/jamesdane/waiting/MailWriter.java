/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Writes mails that are not stored yet, each under an id of its own. */
final class MailWriter {
    /** Mails after which the next directory is written to, so that few directories have to be synchronised at once. */
    private static final int BEFORE_NEXT_DIRECTORY = 128;
    private static final long DIRECTORY = 0xff00000000000000L;

    private final Places places;
    private final Disk disk;
    private final GroupCommit commits;
    private final Ids ids;
    private final AtomicInteger written = new AtomicInteger();

    MailWriter(Places places, Disk disk, GroupCommit commits, Ids ids) {
        this.places = places;
        this.disk = disk;
        this.commits = commits;
        this.ids = ids;
    }

    /**
     * Rules for new ids.
     *
     * @param random source of ids
     * @param directories names of those that may be written to
     * @param used ids that mails have
     */
    record Ids(LongSupplier random, Supplier<List<String>> directories, LongPredicate used) {
    }

    /** An id made from a name. */
    static long idOf(String name) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        // FNV leaves the upper octet to few characters; it names the directory.
        hash ^= hash >>> 29;
        hash *= 0xbf58476d1ce4e5b9L;
        return hash ^ (hash >>> 32);
    }

    /** An id that no mail has, in the directory that is written to now. */
    long fresh() {
        List<String> open = ids.directories().get();
        String directory = open.get(Math.floorMod(written.getAndIncrement() / BEFORE_NEXT_DIRECTORY, open.size()));
        return fresh((long) Integer.parseInt(directory, 16) << 56);
    }

    private long fresh(long directory) {
        long id;
        do {
            id = directory | (ids.random().getAsLong() >>> 8);
        } while (ids.used().test(id));
        return id;
    }

    /** Writes a mail with the message of another one, whose header is not its own. */
    Slip writeBeside(long other, StoredHeader header, Instant due) throws IOException {
        long id = other;
        while (id == other) {
            id = fresh(other & DIRECTORY);
        }
        Slip slip = new Slip(id, 1, Slip.State.WAITING, due.toEpochMilli(), Slip.Addressees.of(header.recipients()));
        Path directory = places.directory(id);
        Path temporary = directory.resolve(Slip.text(id) + Slip.TEMPORARY);
        boolean stored = false;
        try {
            writeHeader(temporary, header);
            commits.commit(directory, () -> {
                disk.rename(temporary, places.path(slip));
                disk.link(places.mail(other), places.mail(slip.id()));
            });
            stored = true;
        } finally {
            if (!stored) {
                removeRest(temporary, slip);
            }
        }
        return slip;
    }

    /** Writes a header alone. */
    void writeHeader(Path temporary, StoredHeader header) throws IOException {
        try (Disk.Created file = disk.create(temporary)) {
            file.out().write(header.encode());
            file.sync();
        }
    }

    /** Writes a mail, and waits until it is on the disk. */
    void write(Slip slip, StoredHeader header, InputStream message) throws IOException {
        long id = slip.id();
        Path directory = places.directory(id);
        disk.createDirectories(directory);
        Path temporary = directory.resolve(Slip.text(id) + Slip.TEMPORARY);
        boolean stored = false;
        try {
            try (Disk.Created file = disk.create(temporary)) {
                MailFile.write(file, header.encode(), message);
            }
            commits.commit(directory, () -> {
                disk.rename(temporary, places.mail(id));
                disk.create(places.path(slip)).close();
            });
            stored = true;
        } finally {
            if (!stored) {
                removeRest(temporary, slip);
            }
        }
    }

    /** Removes what is left of a mail that could not be stored: it would be a double after the next start. */
    private void removeRest(Path temporary, Slip slip) {
        List.of(temporary, places.mail(slip.id()), places.path(slip)).forEach(this::deleteIfPossible);
    }

    private void deleteIfPossible(Path file) {
        try {
            disk.delete(file);
        } catch (IOException | RuntimeException e) {
            // The disk has said so before, to whoever wanted to store the mail.
        }
    }
}
