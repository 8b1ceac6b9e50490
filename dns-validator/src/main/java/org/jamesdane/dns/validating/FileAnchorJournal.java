/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Keeps the state of trust anchors in the file {@code trust-anchors.json}, with the state before it beside as
 * {@code trust-anchors.json.previous}. Each is replaced as a whole and has a checksum, so that at any moment one of the two is right.
 */
public final class FileAnchorJournal implements AnchorJournal {
    /** Name of the file in its directory. */
    public static final String FILE = "trust-anchors.json";
    /** Two hundred keys of 4096 bits and their vouchers need less. */
    private static final int MAX_OCTETS = 1 << 20;

    private final Path file;
    private final Path previous;
    private final AnchorFiles disk;
    @GuardedBy("this")
    private long serial;
    /** Files whose content cannot be used, and is kept for people before others take its name. */
    @GuardedBy("this")
    private final List<Path> damaged = new ArrayList<>();
    @GuardedBy("this")
    private boolean known;

    /** A journal in a directory, which need not be there yet. */
    public FileAnchorJournal(Path directory) {
        this(directory, AnchorFiles.REAL);
    }

    FileAnchorJournal(Path directory, AnchorFiles disk) {
        this.file = directory.resolve(FILE);
        this.previous = directory.resolve(FILE + ".previous");
        this.disk = disk;
    }

    @Override
    public synchronized Contents read() {
        damaged.clear();
        List<AnchorJson.Document> good = new ArrayList<>();
        List<String> findings = new ArrayList<>();
        boolean readable = true;
        for (Path each : List.of(file, previous)) {
            try {
                disk.read(each, MAX_OCTETS).map(AnchorJson::read).ifPresent(good::add);
            } catch (AnchorJson.NewerException e) {
                return new Contents(Optional.empty(), Optional.of("The journal " + each + " was written by a newer release ("
                    + e.getMessage() + "); it is neither used nor written, and revocations that only it knows are unknown. Go back to the "
                    + "newer release"), false);
            } catch (IllegalArgumentException e) {
                damaged.add(each);
                findings.add("the file " + each + " is damaged: " + e.getMessage());
            } catch (IOException e) {
                // It may be a good one, so nothing takes its place.
                readable = false;
                findings.add("the file " + each + " can't be read: " + e);
            }
        }
        Optional<AnchorJson.Document> newest = good.stream().max(java.util.Comparator.comparingLong(AnchorJson.Document::serial));
        serial = newest.map(AnchorJson.Document::serial).orElse(0L);
        known = true;
        Optional<String> finding = findings.isEmpty() ? Optional.empty()
            : Optional.of("The journal of trust anchors: " + String.join(", ", findings) + ". " + newest.map(
                document -> "The other copy is used, and a revocation after it is unknown until it is seen again")
                .orElse("Revocations before now are unknown to this node"));
        return new Contents(newest.map(AnchorJson.Document::points), finding, readable);
    }

    @Override
    public synchronized void write(List<TrustPoint> points) throws IOException {
        if (!known) {
            read();
        }
        Path directory = AnchorFiles.directoryOf(file);
        disk.createDirectories(directory);
        Path fresh = beside(".new");
        disk.write(fresh, AnchorJson.write(new AnchorJson.Document(serial + 1, points)));
        keepDamaged();
        if (disk.read(file, MAX_OCTETS).isPresent()) {
            disk.rename(file, previous);
        }
        disk.rename(fresh, file);
        disk.syncDirectory(directory);
        serial++;
    }

    /** Puts damaged files aside; nothing that can't be read is deleted. */
    @GuardedBy("this")
    private void keepDamaged() throws IOException {
        for (Path each : List.copyOf(damaged)) {
            if (disk.read(each, MAX_OCTETS).isPresent()) {
                disk.rename(each, Path.of(each + ".damaged"));
            }
            damaged.remove(each);
        }
    }

    private Path beside(String suffix) {
        return file.resolveSibling(Objects.requireNonNull(file.getFileName()) + suffix);
    }

    /** The path of the file. */
    @Override
    public String toString() {
        return file.toString();
    }
}
