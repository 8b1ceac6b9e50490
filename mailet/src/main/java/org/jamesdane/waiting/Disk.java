/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * The operations on files that storing mail needs. A file's content is on the disk for certain only after {@link Created#sync}, the names
 * in a directory only after {@link #syncDirectory}.
 */
public interface Disk {
    /** Makes a file that is not there yet. */
    Created create(Path file) throws IOException;

    /** Opens a file at one of its octets. */
    InputStream open(Path file, long from) throws IOException;

    /** Number of octets of a file. */
    long size(Path file) throws IOException;

    /** Tells if there is such a file or directory. A file that can't be looked at is an error and no absence. */
    boolean exists(Path file) throws IOException;

    /** Gives a file another name, at once. */
    void rename(Path from, Path to) throws IOException;

    /** Gives a file a second name; nothing if it has that name already. */
    void link(Path existing, Path name) throws IOException;

    /** Removes a file; nothing if it is not there. */
    void delete(Path file) throws IOException;

    /** Names of what is in a directory; none if there is no such directory. */
    List<String> list(Path directory) throws IOException;

    /** Makes a directory, and those above it, for the owner alone; also their names are on the disk then. */
    void createDirectories(Path directory) throws IOException;

    /** Waits until the names in a directory are on the disk. */
    void syncDirectory(Path directory) throws IOException;

    /**
     * Takes a file for this process alone, until it ends or closes what it gets.
     *
     * @throws TakenException if another has it
     */
    Closeable lock(Path file) throws IOException;

    /** A file that is being written. */
    interface Created extends Closeable {
        /** Stream for its octets, not buffered. */
        OutputStream out();

        /** Waits until its octets are on the disk. */
        void sync() throws IOException;
    }

    /** Another process has the file. */
    final class TakenException extends IOException {
        private static final long serialVersionUID = 1L;

        /** Names the file. */
        public TakenException(Path file) {
            super("The file " + file + " is locked by another process");
        }
    }
}
