/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy, on the local disk and apart from the store, of what was read from the store last. After a restart mail goes out under the same
 * policies also while the store is down, damaged or gone.
 */
public final class LastKnownSettings {
    private static final Logger LOGGER = LoggerFactory.getLogger(LastKnownSettings.class);
    /** Two lines at most. */
    private static final int MAX_NOTE = 1000;
    private static final String EARLIER_MAIL = "earlier mail";

    private final Path directory;
    private final Optional<Path> old;

    /** Keeps the copy in a directory, without one that version 0.1.0 used. */
    public LastKnownSettings(Path directory) {
        this(directory, Optional.empty());
    }

    /**
     * Names the places.
     *
     * @param old the directory that version 0.1.0 used, which is read where the other has nothing
     */
    LastKnownSettings(Path directory, Optional<Path> old) {
        this.directory = directory;
        this.old = old;
    }

    /**
     * A start of this server without any policies.
     *
     * @param since when that was
     * @param earlierMail whether mail was found that was tried before, so that there must have been a store
     */
    record FirstStart(Instant since, boolean earlierMail) {
    }

    Path directory() {
        return directory;
    }

    /** The copy; empty if there is none that can be used, which is not the same as a copy without entries. */
    Optional<List<Setting>> load(SettingKind kind) {
        // Version 0.1.0 also copied what nobody had ever set.
        return load(directory, kind).or(() -> old.flatMap(place -> load(place, kind)).filter(entries -> !entries.isEmpty()));
    }

    private static Optional<List<Setting>> load(Path place, SettingKind kind) {
        FileSettingStore copy = new FileSettingStore(place);
        try {
            return copy.holds(kind) ? Optional.of(copy.load(kind)) : Optional.empty();
        } catch (StoreException e) {
            LOGGER.error("The copy of the {} that were known last can't be used: {}", kind.plural(), e.sentence());
            return Optional.empty();
        }
    }

    /** Copies; says whether that succeeded. */
    boolean save(SettingKind kind, Collection<Setting> entries) {
        AtomicFile file = new AtomicFile(directory.resolve(kind.plural() + ".json"));
        try {
            file.replace(out -> SettingJson.write(out, entries, SettingJson::tree));
            return true;
        } catch (IOException e) {
            LOGGER.error("The {} could not be copied to {}; should the store be down at the next start, older ones would apply",
                kind.plural(), file.path(), e);
            return false;
        }
    }

    private AtomicFile note() {
        return new AtomicFile(directory.resolve("started-without-policies"));
    }

    /** The first start without policies, as an earlier run has noted it. */
    Optional<FirstStart> firstStart() {
        AtomicFile note = note();
        try {
            if (!note.exists()) {
                return Optional.empty();
            }
            List<String> lines = new String(note.read(MAX_NOTE), UTF_8).lines().toList();
            return Optional.of(new FirstStart(Instant.parse(lines.get(0)), lines.contains(EARLIER_MAIL)));
        } catch (IOException | DateTimeException | IndexOutOfBoundsException e) {
            LOGGER.error("The file {} can't be read", note.path(), e);
            return Optional.empty();
        }
    }

    void save(FirstStart start) {
        AtomicFile note = note();
        try {
            note.replace(out -> out.write((start.since() + "\n" + (start.earlierMail() ? EARLIER_MAIL + "\n" : "")).getBytes(UTF_8)));
        } catch (IOException e) {
            LOGGER.error("The file {} could not be written", note.path(), e);
        }
    }
}
