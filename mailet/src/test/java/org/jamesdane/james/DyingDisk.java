/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

import org.jamesdane.waiting.Disk;
import org.jamesdane.waiting.RealDisk;

/** The disk of this machine for a process that ends at one of its changes. */
final class DyingDisk implements Disk {
    private final RealDisk disk = new RealDisk();
    private int left;

    DyingDisk(int changes) {
        this.left = changes;
    }

    boolean dead() {
        return left < 0;
    }

    private void change() throws IOException {
        if (left < 0 || --left < 0) {
            throw new IOException("The process is dead");
        }
    }

    @Override
    public Created create(Path file) throws IOException {
        change();
        return disk.create(file);
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
        change();
        disk.rename(from, to);
    }

    @Override
    public void link(Path existing, Path name) throws IOException {
        change();
        disk.link(existing, name);
    }

    @Override
    public void delete(Path file) throws IOException {
        change();
        disk.delete(file);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        change();
        disk.createDirectories(directory);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        change();
        disk.syncDirectory(directory);
    }

    @Override
    public Closeable lock(Path file) throws IOException {
        return disk.lock(file);
    }
}
