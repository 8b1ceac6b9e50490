/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Mail that waits in files below one directory. Each mail has one file, and beside it a small file whose name says when the mail is due and
 * for whom. Facts that change while the mail waits are in the small file, so that the message is written once.
 *
 * <p>A mail is stored when its file, its name and the name of its small file are on the disk. It is removed by its own file first: a
 * small file alone is no mail. Nothing that can't be read is ever removed.
 */
public final class WaitingFiles implements Closeable {
    private static final String LOCK = "lock";
    static final String QUARANTINE = "quarantine";

    private final Path root;
    private final Disk disk;
    private final Closeable lock;
    private final GroupCommit commits;
    private final WaitingIndex index = new WaitingIndex();
    private final Places places;
    private final LastRun lastRun;
    private final MailWriter writer;
    @GuardedBy("changed")
    private final Set<Path> changed = new LinkedHashSet<>();
    private final Quarantine quarantine;

    private WaitingFiles(Path root, Disk disk, LongSupplier random, Closeable lock) throws IOException {
        this.root = root;
        this.disk = disk;
        this.lock = lock;
        this.quarantine = new Quarantine(disk, root.resolve(QUARANTINE));
        this.places = new Places(root);
        this.lastRun = new LastRun(places, disk, index, quarantine);
        this.commits = new GroupCommit(disk, "dane-store-" + root.getFileName());
        this.writer = new MailWriter(places, disk, commits, new MailWriter.Ids(random, lastRun::done, index::contains));
        if (lastRun.done().isEmpty()) {
            scan(1);
        }
    }

    /**
     * Opens the store of a directory, which this process has alone until it closes it.
     *
     * @param random for the names of mails
     * @throws Disk.TakenException if another process has it
     */
    public static WaitingFiles open(Path root, Disk disk, LongSupplier random) throws IOException {
        disk.createDirectories(root);
        Closeable lock = disk.lock(root.resolve(LOCK));
        try {
            return new WaitingFiles(root, disk, random, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * A mail that waits.
     *
     * @param entry what is known of it without reading it
     */
    public record Waiting(WaitingIndex.Entry entry) {
        /** Name of the mail among the mails of this store. */
        public String id() {
            return Slip.text(entry.slip().id());
        }

        /** The time at which it is to leave. */
        public Instant due() {
            return Instant.ofEpochMilli(entry.due());
        }

        /** The domains of its recipients, in lower case. */
        public List<String> domains() {
            return entry.slip().addressees().domains();
        }

        /** Tells if the mail may be for an address; its header knows. */
        public boolean mayBeFor(String address) {
            return entry.slip().addressees().recipients().contains(Slip.Addressees.number(address));
        }

        /** Tells if it was being sent or put back when the last process ended. */
        public boolean wasOut() {
            return entry.slip().state() != Slip.State.WAITING;
        }
    }

    /** Number of mails in the directory of a store that nobody need have opened. */
    public static long count(Disk disk, Path root) throws IOException {
        long mails = 0;
        for (int i = 0; i < Places.DIRECTORIES; i++) {
            mails += disk.list(root.resolve(Slip.directory((long) i << 56))).stream().filter(name -> Slip.mailId(name).isPresent()).count();
        }
        return mails;
    }

    /** The directory of the store. */
    public Path root() {
        return root;
    }

    /** Mails that could not be read, and were put aside. */
    public Quarantine quarantine() {
        return quarantine;
    }

    /**
     * Stores a mail, and waits until it is on the disk.
     *
     * @param message its octets; closed by the caller
     * @throws IOException if it could not be stored; then nothing of it is left, or as little as could be removed
     */
    public String put(StoredHeader header, InputStream message, Instant due) throws IOException {
        return Slip.text(put(writer.fresh(), header, message, due));
    }

    /**
     * Stores a mail under an id made from a name that it had elsewhere, so that storing it twice leaves one.
     *
     * @return empty if it is there already
     */
    public Optional<String> putOnce(String name, StoredHeader header, InputStream message, Instant due) throws IOException {
        long id = MailWriter.idOf(name);
        readRest();
        if (index.contains(id)) {
            return Optional.empty();
        }
        return Optional.of(Slip.text(put(id, header, message, due)));
    }

    private long put(long id, StoredHeader header, InputStream message, Instant due) throws IOException {
        Slip slip = new Slip(id, 0, Slip.State.WAITING, due.toEpochMilli(), Slip.Addressees.of(header.recipients()));
        writer.write(slip, header, message);
        index.put(slip, slip.due());
        return id;
    }

    /**
     * Stores a mail that the caller has in hand: it is not due as long as this process lives.
     *
     * @param message its octets; closed by the caller
     */
    public Waiting putInHand(StoredHeader header, InputStream message, Instant due) throws IOException {
        Slip slip = new Slip(writer.fresh(), 0, Slip.State.IN_HAND, due.toEpochMilli(), Slip.Addressees.of(header.recipients()));
        writer.write(slip, header, message);
        return new Waiting(new WaitingIndex.Entry(slip, slip.due()));
    }

    /** Stores a mail with the message of another, which is not written again. */
    public String putBeside(Waiting other, StoredHeader header, Instant due) throws IOException {
        Slip slip = writer.writeBeside(other.entry().slip().id(), header, due);
        index.put(slip, slip.due());
        return Slip.text(slip.id());
    }

    /**
     * Learns of the mail that the last process left, directory after directory.
     *
     * @param directories how many at most
     * @return whether there is more
     * @throws IOException if something could not be read; the others go on with the next call
     */
    public boolean scan(int directories) throws IOException {
        return lastRun.scan(directories);
    }

    /** Learns of all of it. */
    public void readRest() throws IOException {
        scan(Places.DIRECTORIES);
    }

    /** The last reason why a mail of the last process could not be read, once; it is tried again. */
    public Optional<Exception> trouble() {
        return lastRun.trouble();
    }

    /** Number of mails of the last process that could not be read so far. */
    public int unreadable() {
        return lastRun.unreadable();
    }

    /** Number of mails that the last process had begun to put back or send, as far as they are known. They may arrive twice. */
    public int wereOut() {
        return lastRun.wereOut();
    }

    /** Takes out those that are due; each has to be put back or removed. */
    public List<Waiting> takeDue(Instant now, int most) {
        return index.takeDue(now.toEpochMilli(), most).stream().map(Waiting::new).toList();
    }

    /** Takes out a mail that the caller is about to change. */
    public Optional<Waiting> take(Waiting waiting) {
        return index.take(waiting.entry().slip().id()).map(Waiting::new);
    }

    /** The mail of an id. */
    public Optional<Waiting> get(String id) {
        return Slip.id(id).flatMap(index::get).map(Waiting::new);
    }

    /** Puts one back, to leave at a time that is kept in memory alone. */
    public void putBack(Waiting waiting, Instant due) {
        index.put(waiting.entry().slip(), due.toEpochMilli());
    }

    /** Makes one due at another time, which is kept in memory alone. */
    public boolean reschedule(Waiting waiting, Instant due) {
        return index.reschedule(waiting.entry().slip().id(), due.toEpochMilli());
    }

    /**
     * Lets none wait longer than to a time.
     *
     * @return how many would have
     */
    public int noLaterThan(Instant latest) {
        int all = 0;
        for (int cut = WaitingIndex.SLICE; cut == WaitingIndex.SLICE; all += cut) {
            cut = index.cut(latest.toEpochMilli());
        }
        return all;
    }

    /** Shows a mail, and says whether the others are wanted, too. */
    @FunctionalInterface
    public interface Visitor<E extends Exception> {
        /**
         * Takes a mail that waits.
         *
         * @return true to see the next mail, false to end the visit
         */
        boolean visit(Waiting waiting) throws E;
    }

    /** Goes through what waits, in the order of their times; what changes meanwhile may be left out or come twice. */
    public <E extends Exception> void visit(Visitor<E> visitor) throws E {
        Optional<WaitingIndex.Entry> last = Optional.empty();
        for (List<WaitingIndex.Entry> slice = index.slice(last); !slice.isEmpty(); slice = index.slice(last)) {
            for (WaitingIndex.Entry entry : slice) {
                if (!visitor.visit(new Waiting(entry))) {
                    return;
                }
            }
            last = Optional.of(slice.get(slice.size() - 1));
        }
    }

    /**
     * Goes through what waits for domains that are meant, in no order. A mail that changes meanwhile may come twice; a mail that stays as
     * it is comes once.
     *
     * @param domain says for each domain whether it is meant
     */
    public <E extends Exception> void visit(Predicate<String> domain, Visitor<E> visitor) throws E {
        for (List<String> names : index.domains()) {
            int below = names.stream().anyMatch(domain) ? Integer.MAX_VALUE : 0;
            while (below > 0) {
                WaitingIndex.Part part = index.part(names, below);
                for (WaitingIndex.Entry entry : part.entries()) {
                    if (!visitor.visit(new Waiting(entry))) {
                        return;
                    }
                }
                below = part.from();
            }
        }
    }

    /** Number of mails that are known. */
    public int size() {
        return index.size();
    }

    /**
     * Opens a mail.
     *
     * @return empty if somebody has removed it
     */
    public Optional<MailFile> read(Waiting waiting) throws IOException, DamagedMailException {
        Slip slip = waiting.entry().slip();
        // Without its directory, or without the lock beside it, nothing is known of the file itself.
        if (!disk.exists(places.mail(slip.id())) && disk.exists(root.resolve(LOCK)) && disk.exists(places.directory(slip.id()))) {
            return Optional.empty();
        }
        return Optional.of(MailFile.read(disk, places.mail(slip.id()), slip.generation(), places.path(slip)));
    }

    /** Notes on the disk that a mail is on its way back into its queue, or in hand; only then it may be. */
    public Waiting mark(Waiting waiting, boolean inHand) throws IOException {
        return changeTo(waiting, inHand ? Slip.State.IN_HAND : Slip.State.OUT, waiting.entry().slip().due());
    }

    private Waiting changeTo(Waiting waiting, Slip.State state, long due) throws IOException {
        Slip slip = waiting.entry().slip();
        Slip next = new Slip(slip.id(), slip.generation(), state, due, slip.addressees());
        if (!next.fileName().equals(slip.fileName())) {
            disk.rename(places.path(slip), places.path(next));
        }
        return new Waiting(new WaitingIndex.Entry(next, waiting.entry().due()));
    }

    /** Lets a mail wait until a time that is noted on the disk. */
    public void waitUntil(Waiting waiting, Instant due) throws IOException {
        index.put(changeTo(waiting, Slip.State.WAITING, due.toEpochMilli()).entry().slip(), due.toEpochMilli());
    }

    /** Replaces what is known of a mail, and lets it wait; its message is not written again. */
    public void replace(Waiting waiting, StoredHeader header, Instant due) throws IOException {
        Slip before = waiting.entry().slip();
        Slip next = new Slip(before.id(), before.generation() + 1, Slip.State.WAITING, due.toEpochMilli(),
            Slip.Addressees.of(header.recipients()));
        Path directory = places.directory(before.id());
        Path temporary = directory.resolve(Slip.text(before.id()) + Slip.TEMPORARY);
        boolean stored = false;
        try {
            disk.delete(temporary);
            writer.writeHeader(temporary, header);
            commits.commit(directory, () -> disk.rename(temporary, places.path(next)));
            stored = true;
        } finally {
            if (!stored) {
                disk.delete(temporary);
                disk.delete(places.path(next));
            }
        }
        index.put(next, next.due());
        disk.delete(places.path(before));
        changed(directory);
    }

    /** Removes a mail that was taken out; {@link #sync} makes that last. */
    public void remove(Waiting waiting) throws IOException {
        Slip slip = waiting.entry().slip();
        disk.delete(places.mail(slip.id()));
        changed(places.directory(slip.id()));
        disk.delete(places.path(slip));
    }

    private void changed(Path directory) {
        synchronized (changed) {
            changed.add(directory);
        }
    }

    /** Waits until what was removed is removed on the disk. */
    public void sync() throws IOException {
        List<Path> directories;
        synchronized (changed) {
            directories = new ArrayList<>(changed);
            changed.clear();
        }
        boolean synced = false;
        try {
            for (Path directory : directories) {
                disk.syncDirectory(directory);
            }
            synced = true;
        } finally {
            if (!synced) {
                directories.forEach(this::changed);
            }
        }
    }

    /** Puts a damaged mail aside, with what is known of it. */
    public void quarantine(Waiting waiting, String why) throws IOException {
        Slip slip = waiting.entry().slip();
        lastRun.quarantine(new LastRun.Old(slip.id(), List.of(new LastRun.Found(new Slip.Named(slip.id(), slip.generation(), slip.state(),
            slip.due(), Optional.of(slip.addressees())), places.path(slip)))), why);
    }

    @Override
    public void close() throws IOException {
        commits.close();
        lock.close();
    }
}
