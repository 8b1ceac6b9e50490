/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;

/** The operations on files that a journal needs. Each of them may be the last one of a process. */
interface AnchorFiles {
    /**
     * The octets of a file; empty if it is not there.
     *
     * @param most more are refused
     */
    Optional<byte[]> read(Path file, int most) throws IOException;

    /** Makes or empties a file, writes the octets, and waits until they are on the disk. */
    void write(Path file, byte[] octets) throws IOException;

    /** Gives a file another name at once, in place of a file that has it. */
    void rename(Path from, Path to) throws IOException;

    /** Makes a directory and those above it. */
    void createDirectories(Path directory) throws IOException;

    /** Waits until the names in a directory are on the disk. */
    void syncDirectory(Path directory) throws IOException;

    /** The disk of this machine. */
    AnchorFiles REAL = new AnchorFiles() {
        @Override
        public Optional<byte[]> read(Path file, int most) throws IOException {
            try (var in = Files.newInputStream(file)) {
                byte[] octets = in.readNBytes(most + 1);
                if (octets.length > most) {
                    throw new IOException("it has more than " + most + " octets");
                }
                return Optional.of(octets);
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        }

        @Override
        public void write(Path file, byte[] octets) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                ByteBuffer left = ByteBuffer.wrap(octets);
                while (left.hasRemaining()) {
                    channel.write(left);
                }
                channel.force(true);
            }
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void createDirectories(Path directory) throws IOException {
            Files.createDirectories(directory);
        }

        @Override
        public void syncDirectory(Path directory) throws IOException {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    };

    /** The directory that a file is in. */
    static Path directoryOf(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent());
    }
}
