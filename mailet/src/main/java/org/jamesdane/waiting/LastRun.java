/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/** Reads the mail that the last process left into the index, directory after directory. A file that can't be read now is tried again. */
final class LastRun {
    private final Places places;
    private final Disk disk;
    private final WaitingIndex index;
    private final Quarantine quarantine;
    private final Queue<String> unread = new ConcurrentLinkedQueue<>();
    private final List<String> done = new CopyOnWriteArrayList<>();
    /** Mail that could not be read yet. */
    private final Queue<Old> later = new ConcurrentLinkedQueue<>();
    private final AtomicInteger wereOut = new AtomicInteger();
    private volatile @Nullable Exception trouble;

    LastRun(Places places, Disk disk, WaitingIndex index, Quarantine quarantine) throws IOException {
        this.places = places;
        this.disk = disk;
        this.index = index;
        this.quarantine = quarantine;
        for (int i = 0; i < Places.DIRECTORIES; i++) {
            String name = Slip.directory((long) i << 56);
            (disk.exists(places.root().resolve(name)) ? unread : done).add(name);
        }
    }

    /** Directories without mail that is not known: new mail would be taken for old in the others. */
    List<String> done() {
        return done;
    }

    /** Number of mails that the last process had begun to put back or send, as far as they are known. */
    int wereOut() {
        return wereOut.get();
    }

    /**
     * Learns of the mail that the last process left, directory after directory.
     *
     * @param directories how many at most
     * @return whether there is more
     * @throws IOException if something could not be read; the others go on with the next call
     */
    boolean scan(int directories) throws IOException {
        synchronized (unread) {
            readLater();
            for (int i = 0; i < directories && !unread.isEmpty(); i++) {
                String name = unread.remove();
                boolean read = false;
                try {
                    read(places.root().resolve(name));
                    read = true;
                } finally {
                    (read ? done : unread).add(name);
                }
            }
            return !unread.isEmpty();
        }
    }

    /** A small file, and what its name says. */
    record Found(Slip.Named slip, Path path) {
    }

    /** A mail of the last process, with its small files. */
    record Old(long id, List<Found> slips) {
        Optional<Found> best() {
            return slips.stream().max(Comparator.comparingInt(found -> found.slip().generation()));
        }
    }

    private void readLater() throws IOException {
        for (int left = Math.min(later.size(), WaitingIndex.SLICE); left > 0; left--) {
            learn(later.remove());
        }
    }

    private void read(Path directory) throws IOException {
        Map<Long, List<Found>> slips = new HashMap<>();
        List<Long> mails = new ArrayList<>();
        for (String name : disk.list(directory)) {
            Path path = directory.resolve(name);
            Slip.parse(name).ifPresent(slip -> slips.computeIfAbsent(slip.id(), id -> new ArrayList<>()).add(new Found(slip, path)));
            Slip.mailId(name).ifPresent(mails::add);
            if (name.endsWith(Slip.TEMPORARY)) {
                // Never confirmed to anybody.
                disk.delete(path);
            }
        }
        for (long id : mails) {
            later.add(new Old(id, Optional.ofNullable(slips.remove(id)).orElse(List.of())));
        }
        for (List<Found> alone : slips.values()) {
            for (Found slip : alone) {
                disk.delete(slip.path());
            }
        }
        for (int left = later.size(); left > 0; left--) {
            learn(later.remove());
        }
    }

    /** Learns of one mail; a mail that can't be read now is tried again, and holds nothing else up. */
    private void learn(Old old) throws IOException {
        try {
            index(old);
        } catch (DamagedMailException e) {
            quarantine(old, String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            later.add(old);
            trouble = e;
        }
    }

    private void index(Old old) throws IOException, DamagedMailException {
        Optional<Found> best = old.best();
        if (best.isEmpty()) {
            // The power failed between the two names: it is due at once.
            Slip slip = new Slip(old.id(), 0, Slip.State.WAITING, 0,
                Slip.Addressees.of(MailFile.read(disk, places.mail(old.id())).header().recipients()));
            disk.create(places.path(slip)).close();
            index.put(slip, 0);
            return;
        }
        Slip.Named named = best.get().slip();
        Slip slip = named.with(named.addressees().isPresent() ? named.addressees().get()
            : Slip.Addressees.of(MailFile.read(disk, places.mail(old.id()), named.generation(), best.get().path()).header().recipients()));
        for (Found older : old.slips()) {
            if (!older.equals(best.get())) {
                disk.delete(older.path());
            }
        }
        if (slip.state() != Slip.State.WAITING) {
            wereOut.incrementAndGet();
        }
        index.put(slip, slip.state() == Slip.State.WAITING ? slip.due() : 0);
    }

    /** The last reason why a mail of the last process could not be read, once; it is tried again. */
    Optional<Exception> trouble() {
        Exception last = trouble;
        trouble = null;
        return Optional.ofNullable(last);
    }

    /** Number of mails that could not be read so far. */
    int unreadable() {
        return later.size();
    }

    void quarantine(Old old, String why) throws IOException {
        // A newer header is worth keeping, an empty file is not.
        Optional<Path> header = old.best().filter(found -> found.slip().generation() > 0).map(Found::path);
        quarantine.take(Slip.text(old.id()), places.mail(old.id()), header, why);
        for (Found slip : old.slips()) {
            disk.delete(slip.path());
        }
    }
}
