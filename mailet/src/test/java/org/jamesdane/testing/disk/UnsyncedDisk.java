/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.disk;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jamesdane.waiting.Disk;
import org.jamesdane.waiting.RealDisk;

/** The disk of this machine without a wait for anything to be on it, for fixtures of many mails. */
public final class UnsyncedDisk implements Disk {
    private final Disk disk = new RealDisk();
    private final Set<Path> made = ConcurrentHashMap.newKeySet();

    @Override
    public Created create(Path file) throws IOException {
        Created created = disk.create(file);
        return new Created() {
            @Override
            public OutputStream out() {
                return created.out();
            }

            @Override
            public void sync() {
                // It is on the disk when it comes to it.
            }

            @Override
            public void close() throws IOException {
                created.close();
            }
        };
    }

    @Override
    public InputStream open(Path file, long from) throws IOException {
        return disk.open(file, from);
    }

    @Override
    public long size(Path file) throws IOException {
        return disk.size(file);
    }

    @Override
    public boolean exists(Path file) throws IOException {
        return disk.exists(file);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void link(Path existing, Path name) throws IOException {
        disk.link(existing, name);
    }

    @Override
    public void delete(Path file) throws IOException {
        disk.delete(file);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        if (!made.contains(directory)) {
            disk.createDirectories(directory);
            made.add(directory);
        }
    }

    @Override
    public void syncDirectory(Path directory) {
        // As above.
    }

    @Override
    public Closeable lock(Path file) throws IOException {
        return disk.lock(file);
    }
}
