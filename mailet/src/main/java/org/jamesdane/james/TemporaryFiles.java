/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Temporary files for mail. Each process holds a lock of its own as long as it lives, and its files carry the lock's name. A file with the
 * name of a lock that nobody holds was left by a dead process.
 */
final class TemporaryFiles {
    private static final Logger LOGGER = LoggerFactory.getLogger(TemporaryFiles.class);
    private static final String PREFIX = "dane-mail-";
    private static final String LOCK = ".lock";

    private final Path directory;
    /** Held until the process ends; a channel that is collected would give its lock back. */
    private final FileChannel channel;
    private final String name;

    private TemporaryFiles(Path directory, Path lock, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
        String file = lock.getFileName().toString();
        this.name = file.substring(0, file.length() - LOCK.length());
    }

    /** Holder of this process's own files. */
    private static final class Own {
        private static final TemporaryFiles FILES = in(Path.of(System.getProperty("java.io.tmpdir")));
    }

    static TemporaryFiles own() {
        return Own.FILES;
    }

    /** Takes a lock in a directory. */
    static TemporaryFiles in(Path directory) {
        try {
            Path lock = Files.createTempFile(directory, PREFIX, LOCK);
            FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            if (channel.tryLock() == null) {
                LOGGER.warn("{} can't be locked: if this process dies, its temporary files stay", lock);
            }
            return new TemporaryFiles(directory, lock, channel);
        } catch (IOException e) {
            throw new ConfigurationError("Temporary files can't be made and locked in " + directory + "; large mail needs them. Make it "
                + "writable, or name another directory with -Djava.io.tmpdir.", e);
        }
    }

    /** Makes a file that its owner alone can read, whatever the umask says. */
    Path create() throws IOException {
        if (!channel.isOpen()) {
            throw new IOException("the lock of this process's temporary files is gone");
        }
        return Files.createTempFile(directory, name + "-", ".eml");
    }

    /**
     * Deletes what dead processes left.
     *
     * @return the number of files with mail
     */
    int clear() {
        int cleared = 0;
        try (DirectoryStream<Path> locks = Files.newDirectoryStream(directory, PREFIX + "*" + LOCK)) {
            for (Path lock : locks) {
                cleared += clear(lock);
            }
        } catch (IOException | RuntimeException e) {
            LOGGER.warn("Temporary files of dead processes could not be looked for in {}", directory, e);
        }
        if (cleared > 0) {
            LOGGER.info("{} temporary files with mail, left by processes that are no more, were deleted from {}", cleared, directory);
        }
        return cleared;
    }

    private int clear(Path lock) {
        String file = lock.getFileName().toString();
        String owner = file.substring(0, file.length() - LOCK.length());
        if (owner.equals(name)) {
            return 0;
        }
        int cleared = 0;
        try (FileChannel other = FileChannel.open(lock, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock held = other.tryLock()) {
            if (held == null) {
                return 0;
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, owner + "-*.eml")) {
                for (Path left : files) {
                    cleared += Files.deleteIfExists(left) ? 1 : 0;
                }
            }
            // Last: without its lock, a file that could not be deleted would stay for ever.
            Files.deleteIfExists(lock);
        } catch (OverlappingFileLockException e) {
            LOGGER.debug("{} is held in this very process", lock);
        } catch (IOException e) {
            LOGGER.debug("{} is another user's, or was cleared by another process", lock, e);
        }
        return cleared;
    }
}
