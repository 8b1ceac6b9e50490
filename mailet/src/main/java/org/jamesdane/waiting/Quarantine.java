/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Mails that could not be read, in a directory of their own. Each has its reason, its newer header if there is one, and later a mark that
 * its sender was told. Nothing is ever removed from here.
 */
public final class Quarantine {
    private static final String MAIL = ".mail";
    private static final String HEADER = ".header";
    private static final String WHY = ".why";
    private static final String TOLD = ".told";
    private static final int MAX_WHY = 4096;

    private final Disk disk;
    private final Path directory;
    @GuardedBy("this")
    private final Set<String> ids = new LinkedHashSet<>();
    @GuardedBy("this")
    private final Set<String> told = new LinkedHashSet<>();

    Quarantine(Disk disk, Path directory) throws IOException {
        this.disk = disk;
        this.directory = directory;
        for (String name : disk.list(directory)) {
            if (name.endsWith(MAIL)) {
                ids.add(name.substring(0, name.length() - MAIL.length()));
            } else if (name.endsWith(TOLD)) {
                told.add(name.substring(0, name.length() - TOLD.length()));
            }
        }
    }

    /**
     * A mail that was put aside.
     *
     * @param id its name here
     * @param why the reason, as a clause
     * @param header what is known of it; empty if that can't be read either
     * @param told whether its sender knows
     */
    public record Kept(String id, String why, Optional<StoredHeader> header, boolean told) {
    }

    /** The directory. */
    public Path directory() {
        return directory;
    }

    /** Number of mails in it. */
    public synchronized int size() {
        return ids.size();
    }

    /** Number of mails in it whose senders do not know yet. */
    public synchronized int untold() {
        Set<String> left = new HashSet<>(ids);
        left.removeAll(told);
        return left.size();
    }

    void take(String id, Path mail, Optional<Path> header, String why) throws IOException {
        disk.createDirectories(directory);
        if (header.isPresent() && disk.exists(header.get())) {
            disk.rename(header.get(), directory.resolve(id + HEADER));
        }
        note(id + WHY, why);
        // Last, since it is what counts.
        disk.rename(mail, directory.resolve(id + MAIL));
        disk.syncDirectory(directory);
        synchronized (this) {
            ids.add(id);
        }
    }

    private void note(String name, String text) throws IOException {
        if (!disk.exists(directory.resolve(name))) {
            try (Disk.Created file = disk.create(directory.resolve(name))) {
                file.out().write(text.getBytes(StandardCharsets.UTF_8));
                file.sync();
            }
        }
    }

    /** Mails in the quarantine; the first of them, if there are many. */
    public List<Kept> list(int most) throws IOException {
        List<String> shown;
        Set<String> known;
        synchronized (this) {
            shown = ids.stream().limit(most).toList();
            known = Set.copyOf(told);
        }
        List<Kept> kept = new ArrayList<>();
        for (String id : shown) {
            String why = disk.exists(directory.resolve(id + WHY)) ? text(id + WHY) : "unknown";
            kept.add(new Kept(id, why, header(id), known.contains(id)));
        }
        return kept;
    }

    private String text(String name) throws IOException {
        try (InputStream in = disk.open(directory.resolve(name), 0)) {
            return new String(in.readNBytes(MAX_WHY), StandardCharsets.UTF_8);
        }
    }

    private Optional<StoredHeader> header(String id) throws IOException {
        Path newer = directory.resolve(id + HEADER);
        try {
            if (disk.exists(newer)) {
                try (InputStream in = disk.open(newer, 0)) {
                    return Optional.of(StoredHeader.decode(in.readNBytes(StoredHeader.MAX_OCTETS + 1)));
                }
            }
            return Optional.of(MailFile.read(disk, directory.resolve(id + MAIL)).header());
        } catch (DamagedMailException e) {
            return Optional.empty();
        }
    }

    /** Notes that the sender of a mail knows. */
    public void told(String id) throws IOException {
        note(id + TOLD, "");
        disk.syncDirectory(directory);
        synchronized (this) {
            told.add(id);
        }
    }
}
