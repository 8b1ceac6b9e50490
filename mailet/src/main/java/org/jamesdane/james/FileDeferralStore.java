/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;

import javax.mail.MessagingException;

import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.mailrepository.api.MailKey;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.server.core.MailImpl;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.waiting.DamagedMailException;
import org.jamesdane.waiting.Disk;
import org.jamesdane.waiting.MailFile;
import org.jamesdane.waiting.RealDisk;
import org.jamesdane.waiting.WaitingFiles;
import org.jamesdane.waiting.WaitingFiles.Waiting;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps deferred mail in files of our own and puts it back into the queue when it is due.
 *
 * <p>A mail is on the disk before it leaves the queue. Before it goes back into the queue, its release is noted on the disk; after that its
 * file is removed. A file that can't be read now is tried again. A damaged file is put aside and never removed.
 */
final class FileDeferralStore implements DeferralBackend {
    /** The directory below store.directory with one for each queue. */
    static final String DIRECTORY = "waiting";
    private static final Logger LOGGER = LoggerFactory.getLogger(FileDeferralStore.class);
    /** Wait of a mail that could not be read or put back. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);
    /** Directories of the last run that are read between two looks at what is due. */
    private static final int READ_AT_ONCE = 16;
    private static final String PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

    private final MailQueue queue;
    private final WaitingFiles files;
    private final InstantSource clock;
    private final DeferralRules rules;
    private final OutageLog outage;
    private final QueueEntrance entrance;
    private final DamagedMails damaged;
    private final FileAdministration administration;
    private final Ticking ticking;
    /** Mails that are being sent from their files. */
    private final Map<JamesMail, Waiting> inHand = Collections.synchronizedMap(new IdentityHashMap<>());
    private final Queue<Waiting> releasedNotRemoved = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;
    private volatile boolean draining;
    private boolean toldOfDoubles;

    /** Puts mail into a queue; what is in the files is known once {@link #releaseDue} has read it. */
    FileDeferralStore(MailQueue queue, WaitingFiles files, InstantSource clock, DeferralRules rules) {
        this.queue = queue;
        this.files = files;
        this.clock = clock;
        this.rules = rules;
        this.outage = new OutageLog(LOGGER, "The store of deferred mail of the queue " + name());
        this.entrance = new QueueEntrance(queue, LOGGER);
        this.damaged = new DamagedMails(queue, files.quarantine(), clock, rules.lifetime());
        this.administration = new FileAdministration(name(), files, clock, outage, damaged);
        this.ticking = new Ticking("dane-deferred-" + name(), this::releaseDue);
    }

    /**
     * Opens the files of a queue.
     *
     * @throws ConfigurationError if they can't be used
     */
    static FileDeferralStore open(MailQueue queue, Path directory, InstantSource clock, DeferralRules rules, LongSupplier random) {
        try {
            return new FileDeferralStore(queue, WaitingFiles.open(directory, new RealDisk(), random), clock, rules);
        } catch (Disk.TakenException e) {
            throw new ConfigurationError("dane.properties: store.directory: another James uses " + directory + " for deferred mail; "
                + "give each its own store.directory, or stop the other one.", e);
        } catch (IOException e) {
            throw new ConfigurationError("dane.properties: store.directory: deferred mail can't be kept in " + directory + " ("
                + e.getMessage() + "); name a directory that this server may write.", e);
        }
    }

    /** The name of a queue as that of a directory. */
    static String directoryOf(String queue) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < queue.length(); i++) {
            char c = queue.charAt(i);
            boolean plain = PLAIN.indexOf(c) >= 0 || (c == '.' && !name.isEmpty());
            name.append(plain ? String.valueOf(c) : String.format("_%04x", (int) c));
        }
        return name.toString();
    }

    private String name() {
        return queue.getName().asString();
    }

    @Override
    public void start() {
        LOGGER.info("Deferred mail of the queue {} waits in files below {}", name(), files.root());
        ticking.start();
    }

    @Override
    public void close() {
        closed = true;
        ticking.close();
        try {
            files.close();
        } catch (IOException e) {
            LOGGER.warn("The store of deferred mail of the queue {} could not be closed", name(), e);
        }
    }

    @Override
    public void defer(JamesMail mail, List<Recipient> recipients, MailHistory history, Duration delay) throws MailAccessException {
        Instant due = clock.instant().plus(draining ? Duration.ZERO : delay);
        try {
            MailImpl copy = DeferralCopy.of(mail, recipients, history, due, rules.usePriority());
            try {
                @Nullable Waiting stored = inHand.get(mail);
                if (stored != null) {
                    files.putBeside(stored, StoredMail.header(copy), due);
                } else {
                    try (InputStream octets = StoredMail.octets(copy)) {
                        files.put(StoredMail.header(copy), octets, due);
                    }
                }
            } finally {
                LifecycleUtil.dispose(copy);
            }
        } catch (IOException | MessagingException | RuntimeException e) {
            outage.failed("Mail that should be deferred stays where it is", e);
            throw new MailAccessException("The mail " + mail.name() + " could not be stored for later", e);
        }
        outage.over();
    }

    @Override
    public Optional<QueuedMail<JamesMail>> storeInHand(JamesMail mail, MailHistory history) throws MailAccessException {
        Instant due = clock.instant();
        try {
            MailImpl copy = DeferralCopy.of(mail, mail.envelope().recipients(), history, due, rules.usePriority());
            try (InputStream octets = StoredMail.octets(copy)) {
                Waiting stored = files.putInHand(StoredMail.header(copy), octets, due);
                MailFile file = files.read(stored).orElseThrow(() -> new IOException("The mail " + stored.id() + " is gone"));
                MailImpl read = StoredMail.mail(file.header(), new FileOctets(file));
                read.removeAttribute(MailAttributes.NEXT_TRY);
                InHand item = new InHand(stored, mail.from(read));
                inHand.put(item.mail(), stored);
                return Optional.of(item);
            } finally {
                LifecycleUtil.dispose(copy);
            }
        } catch (IOException | DamagedMailException | MessagingException | RuntimeException e) {
            outage.failed("Mail that should be stored before it is sent stays where it is", e);
            throw new MailAccessException("The mail " + mail.name() + " could not be stored before it is sent", e);
        }
    }

    /** A mail that is sent from its file. */
    private final class InHand implements QueuedMail<JamesMail> {
        private final Waiting stored;
        private final JamesMail mail;

        InHand(Waiting stored, JamesMail mail) {
            this.stored = stored;
            this.mail = mail;
        }

        @Override
        public JamesMail mail() {
            return mail;
        }

        @Override
        public void finish() throws MailAccessException {
            leave(() -> {
                files.remove(stored);
                files.sync();
            }, "removed from");
        }

        @Override
        public void requeue() throws MailAccessException {
            leave(() -> files.waitUntil(stored, clock.instant()), "put back into");
        }

        private void leave(Step step, String what) throws MailAccessException {
            try {
                step.run();
            } catch (IOException | RuntimeException e) {
                throw new MailAccessException("The mail " + mail.name() + " could not be " + what + " the store of deferred mail", e);
            } finally {
                inHand.remove(mail);
                mail.close();
                LifecycleUtil.dispose(mail.mail());
            }
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    @Override
    public boolean adopts() {
        return true;
    }

    @Override
    public boolean adopt(MailKey key, MailImpl mail, Instant due) throws MailAccessException {
        try (InputStream octets = StoredMail.octets(mail)) {
            return files.putOnce(key.asString(), StoredMail.header(mail), octets, due).isPresent();
        } catch (IOException | RuntimeException e) {
            throw new MailAccessException("The mail " + mail.getName() + " could not be stored for later", e);
        }
    }

    /** Puts back what is due, and learns of some more of what the last run left. */
    void releaseDue() {
        try {
            removeReleased();
            scan(READ_AT_ONCE);
            cutWaits();
            for (Waiting due : files.takeDue(clock.instant(), rules.releasedAtOnce())) {
                release(due);
            }
            files.sync();
            damaged.tellWhoseTimeIsOver();
        } catch (Throwable e) {
            // A timer's task that throws never runs again.
            outage.failed("It is tried again", e);
        }
    }

    private void scan(int directories) {
        try {
            boolean more = files.scan(directories);
            files.trouble().ifPresent(trouble -> outage.failed(files.unreadable() + " mails of the last run wait until they can be read",
                trouble));
            if (!more && !toldOfDoubles) {
                toldOfDoubles = true;
                LOGGER.info("{} deferred mails wait for the queue {}", files.size(), name());
                if (files.wereOut() > 0) {
                    LOGGER.warn("{} mails of the queue {} were on their way when the last run ended; they may arrive twice",
                        files.wereOut(), name());
                }
            }
        } catch (IOException e) {
            outage.failed("Mail deferred by the last run waits", e);
        }
    }

    /** A clock that was ahead and was set back must not make mail wait for as long as it was ahead. */
    private void cutWaits() {
        int cut = files.noLaterThan(clock.instant().plus(rules.longestDelay()));
        if (cut > 0) {
            LOGGER.warn("{} deferred mails of the queue {} were due later than any mail is deferred for: the clock was set back, or "
                + "delayTime was changed; they are due in {} min now", cut, name(), rules.longestDelay().toMinutes());
        }
    }

    private void release(Waiting due) {
        if (closed) {
            files.putBack(due, due.due());
            return;
        }
        Waiting marked = due;
        try {
            Optional<MailFile> file = files.read(due);
            if (file.isEmpty()) {
                LOGGER.info("The deferred mail {} was removed by somebody else", due.id());
                return;
            }
            file.get().verify();
            MailImpl mail = StoredMail.mail(file.get().header(), new FileOctets(file.get()));
            try {
                mail.removeAttribute(MailAttributes.NEXT_TRY);
                marked = files.mark(due, false);
                entrance.put(mail);
            } finally {
                LifecycleUtil.dispose(mail);
            }
        } catch (DamagedMailException e) {
            putAside(due, e);
            return;
        } catch (QueueEntrance.ClosedException e) {
            files.putBack(marked, clock.instant().plus(AFTER_FAILURE));
            return;
        } catch (Throwable e) {
            // One mail must not hold up the others that are due.
            files.putBack(marked, clock.instant().plus(AFTER_FAILURE));
            outage.failed("Mail that is due waits", e);
            return;
        }
        releasedNotRemoved.add(marked);
        removeReleased();
    }

    /** Removes mail that is in the queue again, and must not be put there once more, also if it can't be removed now. */
    private void removeReleased() {
        for (Waiting next = releasedNotRemoved.poll(); next != null; next = releasedNotRemoved.poll()) {
            try {
                files.remove(next);
                outage.over();
            } catch (IOException | RuntimeException e) {
                releasedNotRemoved.add(next);
                outage.failed("Mail that was put back is removed later, or put back once more after a restart", e);
                return;
            }
        }
    }

    private void putAside(Waiting waiting, DamagedMailException why) {
        try {
            files.quarantine(waiting, String.valueOf(why.getMessage()));
            damaged.say(waiting.id(), why);
        } catch (IOException | RuntimeException e) {
            files.putBack(waiting, clock.instant().plus(AFTER_FAILURE));
            outage.failed("A damaged mail could not be put aside (" + why.getMessage() + ")", e);
        }
    }

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(damaged.problems());
        if (files.unreadable() > 0) {
            problems.add(files.unreadable() + " deferred mails of the queue " + name() + " can't be read below " + files.root()
                + "; they wait until they can: look at permissions, descriptors and the disk.");
        }
        return problems;
    }

    @Override
    public Listing list(DeferredSelection selection, int limit) throws MailAccessException {
        return administration.list(selection, limit);
    }

    @Override
    public int release(DeferredSelection selection) throws MailAccessException {
        return administration.release(selection);
    }

    /** Releases all mail, and makes mail deferred from now on due at once: an attempt under way must not keep mail here. */
    @Override
    public int drain() throws MailAccessException {
        draining = true;
        return release(new DeferredSelection.All());
    }

    @Override
    public int delete(DeferredSelection selection) throws MailAccessException {
        return administration.delete(selection);
    }
}
