/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import javax.mail.MessagingException;

import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.mailrepository.api.MailKey;
import org.apache.james.mailrepository.api.MailRepository;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.server.core.MailImpl;
import org.apache.james.server.core.MimeMessageSource;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.Mail;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.waiting.Disk;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the mail of one of James's repositories into a store of our own, once. It can be ended at any point and begun again: a mail is
 * stored under an id made from its key before it is removed.
 *
 * <p>Before the repository is opened, each file gets a second name in a directory aside, and keeps it until its mail is stored. So the mail
 * is there whatever the repository does with the first name. The octets are read by the second name.
 */
final class TakeOver {
    private static final Logger LOGGER = LoggerFactory.getLogger(TakeOver.class);
    private static final String STREAM = ".filestreamstore";

    private final Disk disk;
    private final DeferralBackend into;
    private final BooleanSupplier goOn;
    private final Progress progress = new Progress();

    /** Opens a repository. */
    @FunctionalInterface
    interface Opening {
        MailRepository open() throws MailRepositoryStore.MailRepositoryStoreException;
    }

    /**
     * Numbers of mails.
     *
     * @param taken those that were moved
     * @param already those that were there from an earlier time, and were removed now
     * @param left those that could not be read or stored; they are where they were, or aside
     */
    record Result(int taken, int already, int left) {
    }

    /** Numbers of mails while it lasts. */
    static final class Progress {
        private final Map<Outcome, AtomicInteger> numbers = new EnumMap<>(Outcome.class);
        private final AtomicInteger remaining = new AtomicInteger();

        Progress() {
            for (Outcome outcome : Outcome.values()) {
                numbers.put(outcome, new AtomicInteger());
            }
        }

        private void add(Outcome outcome, int number) {
            Objects.requireNonNull(numbers.get(outcome)).addAndGet(number);
        }

        private int number(Outcome outcome) {
            return Objects.requireNonNull(numbers.get(outcome)).get();
        }

        /** Result so far. */
        Result soFar() {
            return new Result(number(Outcome.TAKEN), number(Outcome.ALREADY), number(Outcome.LEFT));
        }

        /** Mails that were not looked at yet; none as long as the repository has not listed them. */
        int remaining() {
            return remaining.get();
        }
    }

    TakeOver(Disk disk, DeferralBackend into, BooleanSupplier goOn) {
        this.disk = disk;
        this.into = into;
        this.goOn = goOn;
    }

    Progress progress() {
        return progress;
    }

    /** The directory for second names beside one with a repository. */
    static Path asideOf(Path directory) {
        return directory.resolveSibling(directory.getFileName() + ".aside");
    }

    /** Takes over from a repository whose files lie in a directory. */
    Result fromFiles(Path directory, Opening repository, Instant now) throws IOException {
        Path aside = asideOf(directory);
        List<String> files = disk.list(directory).stream().filter(TakeOver::isMail).toList();
        List<String> kept = disk.list(aside);
        if (files.isEmpty() && kept.isEmpty()) {
            return new Result(0, 0, 0);
        }
        disk.createDirectories(aside);
        Set<String> present = new HashSet<>(files);
        Set<String> before = new HashSet<>(kept);
        for (String name : kept) {
            // It was here when the last take-over ended.
            if (isMail(name) && !present.contains(name)) {
                disk.link(aside.resolve(name), directory.resolve(name));
            }
        }
        for (String name : files) {
            if (!before.contains(name)) {
                disk.link(directory.resolve(name), aside.resolve(name));
            }
        }
        disk.syncDirectory(aside);
        Result result = from(repository, Optional.of(aside), now);
        if (result.left() > 0) {
            LOGGER.error("{} mails of {} could not be taken over; their files are kept in {}, and each start tries again", result.left(),
                directory, aside);
        }
        return result;
    }

    private static boolean isMail(String name) {
        return name.toLowerCase(Locale.ROOT).contains(".repository.");
    }

    /** Takes over from any repository. */
    Result from(Opening repository, Optional<Path> aside, Instant now) throws IOException {
        try {
            MailRepository opened = repository.open();
            List<MailKey> keys = new ArrayList<>();
            for (Iterator<MailKey> each = opened.list(); each.hasNext();) {
                keys.add(each.next());
            }
            progress.remaining.set(keys.size());
            for (MailKey key : keys) {
                if (!goOn.getAsBoolean()) {
                    break;
                }
                progress.add(one(opened, key, aside, now), 1);
                progress.remaining.decrementAndGet();
            }
            // What James would not even list.
            if (aside.isPresent() && goOn.getAsBoolean()) {
                Set<String> listed = new HashSet<>(keys.stream().map(TakeOver::encoded).toList());
                long others = disk.list(aside.get()).stream().filter(name -> name.toLowerCase(Locale.ROOT).endsWith(STREAM))
                    .filter(name -> !listed.contains(name.substring(0, name.indexOf('.')).toUpperCase(Locale.ROOT))).count();
                progress.add(Outcome.LEFT, (int) others);
            }
        } catch (MailRepositoryStore.MailRepositoryStoreException | MessagingException e) {
            throw new IOException("The repository can't be read: " + e.getMessage(), e);
        }
        return progress.soFar();
    }

    private enum Outcome { TAKEN, ALREADY, LEFT }

    private Outcome one(MailRepository repository, MailKey key, Optional<Path> aside, Instant now) {
        try {
            @Nullable Mail mail = repository.retrieve(key);
            if (mail == null) {
                LOGGER.error("The mail {} can't be read from the repository, and is not taken over", key.asString());
                return Outcome.LEFT;
            }
            boolean adopted;
            try {
                adopted = adopt(key, mail, aside, now);
            } finally {
                LifecycleUtil.dispose(mail);
            }
            repository.remove(key);
            if (aside.isPresent()) {
                removeAside(aside.get(), key);
            }
            return adopted ? Outcome.TAKEN : Outcome.ALREADY;
        } catch (MailAccessException | MessagingException | IOException | RuntimeException | LinkageError e) {
            LOGGER.error("The mail {} could not be taken over, and stays where it is", key.asString(), e);
            return Outcome.LEFT;
        }
    }

    private boolean adopt(MailKey key, Mail mail, Optional<Path> aside, Instant now)
            throws MailAccessException, MessagingException, IOException {
        String name = AttributeUtils.getValueAndCastFromMail(mail, MailAttributes.QUEUED_NAME, String.class).orElse(mail.getName());
        MailImpl copy = DeferralCopy.of(mail, name, List.copyOf(mail.getRecipients()));
        try {
            copy.removeAttribute(MailAttributes.QUEUED_NAME);
            if (aside.isPresent()) {
                Optional<Path> stream = files(aside.get(), key).stream()
                    .filter(file -> file.toString().toLowerCase(Locale.ROOT).endsWith(STREAM)).findFirst();
                if (stream.isPresent()) {
                    copy.setMessageNoCopy(new VerbatimMessage(new Octets(disk, stream.get())));
                }
            }
            Instant due = DeferralCopy.due(mail).orElse(now);
            DeferralCopy.setDue(copy, due);
            return into.adopt(key, copy, due);
        } finally {
            LifecycleUtil.dispose(copy);
        }
    }

    /** The octets of a message as its repository has them on the disk. */
    private record Octets(Disk disk, Path file) implements MimeMessageSource {
        @Override
        public String getSourceId() {
            return file.toString();
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return disk.open(file, 0);
        }

        @Override
        public long getMessageSize() throws IOException {
            return disk.size(file);
        }
    }

    private void removeAside(Path aside, MailKey key) throws IOException {
        for (Path file : files(aside, key)) {
            disk.delete(file);
        }
    }

    /** James writes keys in hexadecimal digits. */
    private static String encoded(MailKey key) {
        return HexFormat.of().withUpperCase().formatHex(key.asString().getBytes(StandardCharsets.UTF_8));
    }

    private List<Path> files(Path aside, MailKey key) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String kind : List.of(".Repository.FileObjectStore", ".Repository.FileStreamStore")) {
            Path file = aside.resolve(encoded(key) + kind);
            if (disk.exists(file)) {
                files.add(file);
            }
        }
        return files;
    }
}
