/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Files in memory. The process can be killed at any operation, which leaves a write half done. */
final class MemoryFiles implements AnchorFiles {
    /** The process was killed. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    final Map<Path, byte[]> files = new TreeMap<>();
    private boolean full;
    private int operations;
    private int killAt = -1;
    private int octetsOfTheLast;

    void full(boolean now) {
        full = now;
    }

    /** Kills the process at its n-th operation from now; a write leaves so many octets. */
    void killAt(int operation, int octets) {
        operations = 0;
        killAt = operation;
        octetsOfTheLast = octets;
    }

    /** The operations since {@link #killAt} was called. */
    int operations() {
        return operations;
    }

    private boolean isKilled() {
        return operations++ == killAt;
    }

    private void step() throws IOException {
        if (isKilled()) {
            throw new Killed();
        }
        if (full) {
            throw new IOException("No space left on device");
        }
    }

    @Override
    public Optional<byte[]> read(Path file, int most) {
        return Optional.ofNullable(files.get(file)).map(byte[]::clone);
    }

    @Override
    public void write(Path file, byte[] octets) throws IOException {
        if (isKilled()) {
            files.put(file, Arrays.copyOf(octets, Math.min(octetsOfTheLast, octets.length)));
            throw new Killed();
        }
        if (full) {
            files.put(file, new byte[0]);
            throw new IOException("No space left on device");
        }
        files.put(file, octets.clone());
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step();
        files.put(to, Objects.requireNonNull(files.remove(from)));
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        step();
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        step();
    }
}
