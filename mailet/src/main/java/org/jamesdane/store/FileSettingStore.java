/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps entries in JSON files of one directory: {@code policies.json} and {@code negative-trust-anchors.json}, each replaced as a whole,
 * and their histories, to which lines are added. For one node; a file that an operator edits is read again.
 */
public final class FileSettingStore implements SettingStore {
    /** Octets of a file: 100,000 entries of the longest kind in UTF-8 would need more, but nobody writes those. */
    private static final long MAX_OCTETS = 256L << 20;
    /** Octets of a history file before a new one is begun; the one before is kept. */
    private static final long MAX_HISTORY_OCTETS = 16L << 20;

    private static final Logger LOGGER = LoggerFactory.getLogger(FileSettingStore.class);

    private final Path directory;

    /** Keeps the entries in files of a directory; reads nothing yet. */
    public FileSettingStore(Path directory) {
        this.directory = directory;
    }

    @Override
    public String revision(SettingKind kind) throws StoreException {
        try {
            return file(kind).revision();
        } catch (IOException e) {
            throw unreadable(file(kind), e.toString(), e);
        }
    }

    @Override
    public boolean holds(SettingKind kind) throws StoreException {
        try {
            return file(kind).exists();
        } catch (IOException e) {
            throw unreadable(file(kind), e.toString(), e);
        }
    }

    @Override
    public synchronized void begin(SettingKind kind) throws StoreException {
        AtomicFile file = file(kind);
        try {
            if (!file.exists()) {
                file.replace(out -> SettingJson.write(out, List.<Setting>of(), SettingJson::tree));
            }
        } catch (AtomicFile.NotSynchronisedException e) {
            LOGGER.error("The file {} is written; it could not be made sure that it outlives a power failure", file.path(), e);
        } catch (IOException e) {
            throw new StoreException("The file " + file.path() + " could not be written (" + e + ")", e);
        }
    }

    @Override
    public List<Setting> load(SettingKind kind) throws StoreException {
        AtomicFile file = file(kind);
        try {
            if (!file.exists()) {
                return List.of();
            }
            Map<String, Setting> entries = new LinkedHashMap<>();
            for (Setting entry : SettingJson.read(file.read(MAX_OCTETS), node -> SettingJson.entry(kind, node))) {
                if (entries.put(entry.key(), entry) != null) {
                    throw new StoreException("it names " + entry.key() + " twice");
                }
            }
            return new ArrayList<>(entries.values());
        } catch (StoreException e) {
            throw unreadable(file, e.sentence(), e);
        } catch (IOException e) {
            throw unreadable(file, e.toString(), e);
        }
    }

    @Override
    public synchronized void put(SettingChange change, Expectation expected) throws StoreException {
        Setting entry = change.entry();
        Map<String, Setting> entries = byKey(entry.kind());
        expected.check(change, Optional.ofNullable(entries.get(entry.key())));
        entries.put(entry.key(), entry);
        if (entries.size() > entry.kind().max()) {
            throw new StoreException("There are already " + entry.kind().max() + " " + entry.kind().plural() + "; remove others first");
        }
        replace(entry.kind(), entries.values(), change);
    }

    @Override
    public synchronized boolean remove(SettingChange change) throws StoreException {
        Setting entry = change.entry();
        Map<String, Setting> entries = byKey(entry.kind());
        if (!entries.remove(entry.key(), entry)) {
            return false;
        }
        replace(entry.kind(), entries.values(), change);
        return true;
    }

    private Map<String, Setting> byKey(SettingKind kind) throws StoreException {
        Map<String, Setting> entries = new TreeMap<>();
        load(kind).forEach(entry -> entries.put(entry.key(), entry));
        return entries;
    }

    /** First the history, then what it tells of: a kill in between leaves a line too many, never a change that nobody can account for. */
    private void replace(SettingKind kind, Collection<Setting> entries, SettingChange change) throws StoreException {
        AtomicFile file = file(kind);
        try {
            AtomicFile history = history(kind);
            if (history.exists() && Files.size(history.path()) > MAX_HISTORY_OCTETS) {
                Files.move(history.path(), older(kind), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            }
            history.append(SettingJson.line(change));
            file.replace(out -> SettingJson.write(out, entries, SettingJson::tree));
        } catch (AtomicFile.NotSynchronisedException e) {
            LOGGER.error("The file {} is written and in force; it could not be made sure that it outlives a power failure", file.path(), e);
        } catch (IOException e) {
            throw new StoreException("The file " + file.path() + " could not be written (" + e + "); nothing was changed", e);
        }
    }

    @Override
    public List<SettingChange> history(SettingKind kind, Optional<String> key) throws StoreException {
        Deque<SettingChange> newest = new ArrayDeque<>();
        for (Path file : List.of(older(kind), history(kind).path())) {
            if (Files.exists(file)) {
                read(kind, key, file, newest);
            }
        }
        return new ArrayList<>(newest);
    }

    private static void read(SettingKind kind, Optional<String> key, Path file, Deque<SettingChange> newest) throws StoreException {
        try (BufferedReader lines = new BufferedReader(new java.io.InputStreamReader(Files.newInputStream(file),
                UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPLACE)))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                SettingJson.change(kind, line)
                    .filter(change -> key.isEmpty() || key.get().equals(change.entry().key()))
                    .ifPresent(newest::addLast);
                if (newest.size() > MAX_HISTORY) {
                    newest.removeFirst();
                }
            }
        } catch (IOException e) {
            throw new StoreException("The history " + file + " can't be read (" + e + ")", e);
        }
    }

    private AtomicFile file(SettingKind kind) {
        return new AtomicFile(directory.resolve(kind.plural() + ".json"));
    }

    private AtomicFile history(SettingKind kind) {
        return new AtomicFile(directory.resolve(kind.plural() + "-history.jsonl"));
    }

    private Path older(SettingKind kind) {
        return directory.resolve(kind.plural() + "-history.1.jsonl");
    }

    private static StoreException unreadable(AtomicFile file, String why, Throwable cause) {
        return new StoreException("The file " + file.path() + " can't be used: " + why + "; repair it, or put the copy (store.copy) in "
            + "its place", cause);
    }

    @Override
    public String toString() {
        return "the directory " + directory;
    }
}
