/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static java.nio.charset.StandardCharsets.UTF_8;

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
        String text = text();
        if (text.isEmpty()) {
            return List.of();
        }
        // A kill in the middle of a write leaves half a line at the end, which nobody was told to be kept.
        int end = text.lastIndexOf('\n') + 1;
        torn = end < text.length();
        List<StsPolicyJson.Entry> entries = new ArrayList<>();
        int number = 0;
        for (String line : (Iterable<String>) text.substring(0, end).lines()::iterator) {
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

    private String text() throws StoreException {
        try {
            return file.exists() ? UTF_8.newDecoder().decode(ByteBuffer.wrap(file.read(MAX_OCTETS))).toString() : "";
        } catch (CharacterCodingException e) {
            throw unreadable("it is no text in UTF-8", e);
        } catch (IOException e) {
            throw unreadable(e.toString(), e);
        }
    }

    @Override
    public synchronized void write(StsPolicyJson.Entry entry) throws StoreException {
        if (torn || !holds()) {
            List<StsPolicyJson.Entry> all = new ArrayList<>(load());
            all.add(entry);
            compact(all);
            return;
        }
        try {
            file.append(StsPolicyJson.line(entry));
        } catch (IOException e) {
            torn = true;
            throw new StoreException("The file " + file.path() + " could not be written (" + e + ")", e);
        }
    }

    @Override
    public void restore(List<StsPolicyJson.Entry> entries) throws StoreException {
        compact(entries);
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
