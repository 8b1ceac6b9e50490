/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy, on the local disk, of what was read from the store last: after a restart mail goes out under the same policies also while the
 * store is down or damaged.
 */
public final class LastKnown {
    private static final Logger LOGGER = LoggerFactory.getLogger(LastKnown.class);

    private final Path directory;

    public LastKnown(Path directory) {
        this.directory = directory;
    }

    /** The copy; empty if there is none that can be used, which is not the same as a copy without entries. */
    Optional<List<Entry>> load(Kind kind) {
        FileEntryStore copy = new FileEntryStore(directory);
        try {
            return copy.holds(kind) ? Optional.of(copy.load(kind)) : Optional.empty();
        } catch (StoreException e) {
            LOGGER.error("The copy of the {} that were known last can't be used: {}", kind.plural(), e.sentence());
            return Optional.empty();
        }
    }

    /** Copies; says whether that succeeded. */
    boolean save(Kind kind, Collection<Entry> entries) {
        AtomicFile file = new AtomicFile(directory.resolve(kind.plural() + ".json"));
        try {
            file.replace(out -> EntryJson.write(out, entries, EntryJson::tree));
            return true;
        } catch (IOException e) {
            LOGGER.error("The {} could not be copied to {}; should the store be down at the next start, older ones would apply",
                kind.plural(), file.path(), e);
            return false;
        }
    }
}
