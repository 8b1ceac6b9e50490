/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.dns.DomainName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps policies in {@code mta-sts-policies.jsonl}: a line with the version, then a line for each write. The last line of a domain counts.
 */
final class FileStsPolicies implements StsPolicyStore {
    private static final Logger LOGGER = LoggerFactory.getLogger(FileStsPolicies.class);
    private static final String VERSION = "{\"version\":1}";
    /** Octets that are read: more than {@link StsPolicies} keeps of texts, with the lines that later ones replaced. */
    private static final long MAX_OCTETS = 1L << 30;
    private static final String DAMAGED = ".damaged";

    private final AtomicFile file;
    /** A write that failed may have left half a line, behind which none is added. */
    @GuardedBy("this")
    private boolean torn;

    /** Keeps the policies in a file of a directory; reads nothing yet. */
    FileStsPolicies(Path directory) {
        this.file = new AtomicFile(directory.resolve("mta-sts-policies.jsonl"));
    }

    @Override
    public boolean holds() throws StoreException {
        try {
            return file.exists();
        } catch (IOException e) {
            throw unreadable(e.toString(), e);
        }
    }

    @Override
    public synchronized List<StsPolicyJson.Entry> load() throws StoreException {
        if (!holds()) {
            return List.of();
        }
        byte[] octets = octets();
        int end = octets.length;
        // A kill in the middle of a write leaves half a line at the end, which nobody was told to be kept.
        while (end > 0 && octets[end - 1] != '\n') {
            end--;
        }
        torn = end < octets.length;
        if (end == 0) {
            // The file is made with its first line at once, so that this is damage and no empty set.
            throw unreadable("it lacks the first line " + VERSION, null);
        }
        List<StsPolicyJson.Entry> entries = new ArrayList<>();
        int number = 0;
        for (String line : (Iterable<String>) text(octets, end).lines()::iterator) {
            number++;
            if (number > 1) {
                entries.add(entry(line, number));
            } else if (!line.equals(VERSION)) {
                throw unreadable("its first line is not " + VERSION, null);
            }
        }
        return entries;
    }

    private StsPolicyJson.Entry entry(String line, int number) throws StoreException {
        try {
            return StsPolicyJson.entry(line);
        } catch (StoreException e) {
            throw unreadable("line " + number + ": " + e.sentence(), e);
        }
    }

    private String text(byte[] octets, int end) throws StoreException {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(octets, 0, end)).toString();
        } catch (CharacterCodingException e) {
            throw unreadable("it is no text in UTF-8", e);
        }
    }

    private byte[] octets() throws StoreException {
        try {
            return file.read(MAX_OCTETS);
        } catch (IOException e) {
            throw unreadable(e.toString(), e);
        }
    }

    @Override
    public void write(StsPolicyJson.Entry entry) throws StoreException {
        write(List.of(entry));
    }

    /** Writes some policies at once. */
    synchronized void write(List<StsPolicyJson.Entry> entries) throws StoreException {
        if (entries.isEmpty()) {
            return;
        }
        if (torn || !holds()) {
            restore(entries);
            return;
        }
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (StsPolicyJson.Entry entry : entries) {
            if (lines.size() > 0) {
                lines.write('\n');
            }
            lines.writeBytes(StsPolicyJson.line(entry));
        }
        try {
            file.append(lines.toByteArray());
        } catch (IOException e) {
            torn = true;
            throw new StoreException("The file " + file.path() + " could not be written (" + e + ")", e);
        }
    }

    @Override
    public synchronized void restore(List<StsPolicyJson.Entry> entries) throws StoreException {
        List<StsPolicyJson.Entry> all = new ArrayList<>(load());
        all.addAll(entries);
        compact(all);
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public List<StsPolicyJson.Entry> changes() {
        return List.of();
    }

    /** Nobody else fetches for these files. */
    @Override
    public boolean claim(DomainName domain) {
        return true;
    }

    @Override
    public synchronized void compact(List<StsPolicyJson.Entry> entries) throws StoreException {
        try {
            file.replace(out -> {
                out.write((VERSION + "\n").getBytes(UTF_8));
                for (StsPolicyJson.Entry entry : entries) {
                    out.write(StsPolicyJson.line(entry));
                    out.write('\n');
                }
            });
            torn = false;
        } catch (AtomicFile.NotSynchronisedException e) {
            torn = false;
            LOGGER.error("The file {} is written; it could not be made sure that it outlives a power failure", file.path(), e);
        } catch (IOException e) {
            throw new StoreException("The file " + file.path() + " could not be written (" + e + ")", e);
        }
    }

    @Override
    public boolean setAside() throws StoreException {
        if (!holds()) {
            return true;
        }
        Path aside = file.path().resolveSibling(file.path().getFileName() + DAMAGED);
        try {
            Files.move(file.path(), aside, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (IOException e) {
            throw new StoreException("The file " + file.path() + " could not be renamed to " + aside + " (" + e + ")", e);
        }
    }

    private StoreException unreadable(String why, @Nullable Throwable cause) {
        String sentence = "The file " + file.path() + " can't be used: " + why
            + "; repair it, or remove it so that the copy (store.copy) counts";
        return cause == null ? new StoreException(sentence) : new StoreException(sentence, cause);
    }

    @Override
    public String toString() {
        return file.path().toString();
    }
}
