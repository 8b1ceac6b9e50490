/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/**
 * A file that is replaced as a whole. A reader sees all of the old content or all of the new, also after the process was killed or the
 * machine lost its power.
 */
final class AtomicFile {
    /** Permissions of a file: what operators wrote down is nobody else's business on this machine. */
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final Path path;

    AtomicFile(Path path) {
        this.path = path;
    }

    /** Writes content. */
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    Path path() {
        return path;
    }

    /** Tests whether the file is there. A file that can't be looked at is an error and no absence: policies must not vanish for that. */
    boolean exists() throws IOException {
        // By opening it: from Java 20 on, a look at a path below a file that is no directory calls it absent.
        try (FileChannel opened = FileChannel.open(path, StandardOpenOption.READ)) {
            return opened.isOpen();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Changes whenever the file is replaced or written to. */
    String revision() throws IOException {
        if (!exists()) {
            return "none";
        }
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        return attributes.lastModifiedTime().toString() + '/' + attributes.size() + '/' + attributes.fileKey();
    }

    /**
     * The octets.
     *
     * @param max more are refused
     */
    byte[] read(long max) throws IOException {
        long size = Files.size(path);
        if (size > max) {
            throw new IOException("it has " + size + " octets, more than the " + max + " that are read");
        }
        return Files.readAllBytes(path);
    }

    /** The new content is there, but its name may be lost should the machine lose its power. */
    static final class NotSynchronisedException extends IOException {
        private static final long serialVersionUID = 1L;

        NotSynchronisedException(IOException cause) {
            super(cause);
        }
    }

    /**
     * Replaces the content. If this fails, the old content stands.
     *
     * @throws NotSynchronisedException in place of the old content the new one stands
     */
    void replace(Content content) throws IOException {
        Path directory = Objects.requireNonNull(path.toAbsolutePath().getParent());
        Files.createDirectories(directory);
        Path temporary = path.resolveSibling(path.getFileName() + ".new");
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                restrict(temporary);
                OutputStream out = Channels.newOutputStream(channel);
                content.writeTo(out);
                // The name must not point to content that is not on the disk yet.
                channel.force(true);
            }
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        try {
            synchronise(directory);
        } catch (IOException e) {
            throw new NotSynchronisedException(e);
        }
    }

    /** Adds a line at the end; a line that was cut off by a kill is left as one of its own. */
    void append(byte[] line) throws IOException {
        Path directory = Objects.requireNonNull(path.toAbsolutePath().getParent());
        Files.createDirectories(directory);
        boolean fresh = !exists();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (fresh) {
                restrict(path);
            }
            long end = channel.size();
            boolean cut = end > 0 && lastOctet(channel, end) != '\n';
            ByteBuffer octets = ByteBuffer.allocate(line.length + 2);
            if (cut) {
                octets.put((byte) '\n');
            }
            octets.put(line).put((byte) '\n').flip();
            while (octets.hasRemaining()) {
                end += channel.write(octets, end);
            }
            channel.force(true);
        }
        if (fresh) {
            synchronise(directory);
        }
    }

    private static int lastOctet(FileChannel channel, long size) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        return channel.read(last, size - 1) == 1 ? last.get(0) : '\n';
    }

    private static void restrict(Path file) throws IOException {
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(file, OWNER_ONLY);
        }
    }

    private static void synchronise(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
