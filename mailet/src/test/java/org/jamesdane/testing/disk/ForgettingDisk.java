/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.disk;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

import org.jamesdane.waiting.Disk;

/**
 * Names and contents are kept as the process sees them, and as they are for certain on the disk. A power failure leaves of what was not
 * synchronised any part: each change of a name wholly or not at all, of a content its beginning, its length without its octets, or nothing.
 */
public final class ForgettingDisk implements Disk {
    private final Map<Path, Content> names = new TreeMap<>();
    private final Map<Path, Content> certain = new TreeMap<>();
    private final List<Change> changes = new ArrayList<>();
    private final Set<Path> directories = new HashSet<>();
    private final Set<Path> locks = new HashSet<>();
    private int steps;
    private int lastStep = Integer.MAX_VALUE;
    private Optional<Path> unreadable = Optional.empty();

    /** A change of names that is not for certain yet. */
    private record Change(Optional<Path> from, Optional<Path> to, Content content) {
        boolean isIn(Path directory) {
            return from.filter(path -> directory.equals(path.getParent())).isPresent()
                || to.filter(path -> directory.equals(path.getParent())).isPresent();
        }

        void applyTo(Map<Path, Content> all) {
            boolean there = from.isEmpty() || all.remove(from.get(), content);
            if (there || all.containsValue(content)) {
                to.ifPresent(path -> all.put(path, content));
            }
        }
    }

    private static final class Content {
        private byte[] octets = {};
        private byte[] certain = {};
    }

    /** The process dies at that step from now on: it does not happen, and nothing after it. */
    public synchronized void dieAt(int step) {
        lastStep = steps + step;
    }

    /** Steps so far. */
    public synchronized int steps() {
        return steps;
    }

    /** Tests if the process has died. */
    public synchronized boolean isDead() {
        return steps > lastStep;
    }

    /** Lets reading a file fail, or none. */
    public synchronized void failReading(Optional<Path> file) {
        unreadable = file;
    }

    /** A new process on the same disk. */
    public synchronized ForgettingDisk afterKill() {
        ForgettingDisk next = new ForgettingDisk();
        next.directories.addAll(directories);
        next.names.putAll(names);
        next.certain.putAll(certain);
        next.changes.addAll(changes);
        return next;
    }

    /** A new process after the power has failed. */
    public synchronized ForgettingDisk afterPowerFailure(Random random) {
        ForgettingDisk next = new ForgettingDisk();
        next.directories.addAll(directories);
        next.names.putAll(certain);
        changes.stream().filter(change -> random.nextBoolean()).forEach(change -> change.applyTo(next.names));
        next.names.replaceAll((path, content) -> {
            Content left = new Content();
            left.octets = Arrays.equals(content.octets, content.certain) ? content.certain : switch (random.nextInt(3)) {
                case 0 -> content.certain;
                case 1 -> Arrays.copyOf(content.octets, random.nextInt(content.octets.length + 1));
                default -> new byte[content.octets.length];
            };
            left.certain = left.octets;
            return left;
        });
        next.certain.putAll(next.names);
        return next;
    }

    /** Changes one octet of a file. */
    public synchronized void damage(Path file, int at) throws IOException {
        Content content = content(file);
        content.octets = content.octets.clone();
        content.octets[at] ^= 1;
    }

    /** All files, in the order of their names. */
    public synchronized List<Path> files() {
        return List.copyOf(names.keySet());
    }

    private void step() throws IOException {
        if (++steps > lastStep) {
            throw new IOException("The process is dead");
        }
    }

    private void change(Optional<Path> from, Optional<Path> to, Content content) {
        Change change = new Change(from, to, content);
        change.applyTo(names);
        changes.add(change);
    }

    private Content content(Path file) throws NoSuchFileException {
        Content content = names.get(file);
        if (content == null) {
            throw new NoSuchFileException(file.toString());
        }
        return content;
    }

    @Override
    public synchronized Created create(Path file) throws IOException {
        step();
        if (names.containsKey(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        if (!directories.contains(file.getParent())) {
            throw new NoSuchFileException(file.toString());
        }
        Content content = new Content();
        change(Optional.empty(), Optional.of(file), content);
        return new Created() {
            @Override
            public OutputStream out() {
                return new OutputStream() {
                    @Override
                    public void write(int octet) throws IOException {
                        write(new byte[] {(byte) octet}, 0, 1);
                    }

                    @Override
                    public void write(byte[] octets, int from, int number) throws IOException {
                        synchronized (ForgettingDisk.this) {
                            step();
                            ByteArrayOutputStream all = new ByteArrayOutputStream();
                            all.writeBytes(content.octets);
                            all.write(octets, from, number);
                            content.octets = all.toByteArray();
                        }
                    }
                };
            }

            @Override
            public void sync() throws IOException {
                synchronized (ForgettingDisk.this) {
                    step();
                    content.certain = content.octets;
                }
            }

            @Override
            public void close() {
                // Nothing is open here.
            }
        };
    }

    @Override
    public synchronized InputStream open(Path file, long from) throws IOException {
        byte[] octets = content(file).octets;
        if (unreadable.filter(file::equals).isPresent()) {
            throw new IOException("Too many open files");
        }
        int start = (int) Math.min(from, octets.length);
        return new ByteArrayInputStream(octets, start, octets.length - start);
    }

    @Override
    public synchronized long size(Path file) throws IOException {
        return content(file).octets.length;
    }

    @Override
    public synchronized boolean exists(Path file) {
        return names.containsKey(file) || directories.contains(file);
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        step();
        change(Optional.of(from), Optional.of(to), content(from));
    }

    @Override
    public synchronized void link(Path existing, Path name) throws IOException {
        step();
        change(Optional.empty(), Optional.of(name), content(existing));
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        step();
        if (names.containsKey(file)) {
            change(Optional.of(file), Optional.empty(), content(file));
        }
    }

    @Override
    public synchronized List<String> list(Path directory) {
        return names.keySet().stream().filter(file -> directory.equals(file.getParent()))
            .map(file -> Objects.requireNonNull(file.getFileName()).toString()).toList();
    }

    @Override
    public synchronized void createDirectories(Path directory) throws IOException {
        step();
        directories.add(directory);
    }

    @Override
    public synchronized void syncDirectory(Path directory) throws IOException {
        step();
        changes.stream().filter(change -> change.isIn(directory)).forEach(change -> change.applyTo(certain));
        changes.removeIf(change -> change.isIn(directory));
    }

    @Override
    public synchronized Closeable lock(Path file) throws IOException {
        names.putIfAbsent(file, new Content());
        if (!locks.add(file)) {
            throw new TakenException(file);
        }
        return () -> {
            synchronized (this) {
                locks.remove(file);
            }
        };
    }
}
