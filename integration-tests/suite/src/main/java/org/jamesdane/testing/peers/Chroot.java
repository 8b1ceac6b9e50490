/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The software of one peer and all it needs, unpacked into a directory that it is started in.
 *
 * @param root that directory
 */
public record Chroot(Path root) {
    /** The system property that names the directory of all roots; the build sets it. */
    private static final String ROOTS_PROPERTY = "peers.roots";
    private static final int USER_ID = 2;
    private static final int GROUP_ID = 3;

    /** Tests whether the software was fetched. */
    public static boolean isThere(String name) {
        return Files.exists(path(name).resolve(".complete"));
    }

    private static Path path(String name) {
        return Path.of(System.getProperty(ROOTS_PROPERTY, "roots"), name).toAbsolutePath().normalize();
    }

    /**
     * The root of that name.
     *
     * @throws IllegalStateException if it was not fetched
     */
    public static Chroot of(String name) {
        Path root = path(name);
        if (!isThere(name)) {
            throw new IllegalStateException("There is no " + root + ": run integration-tests/peers/fetch-peers first, as root on a Debian");
        }
        return new Chroot(root);
    }

    /** A fresh directory below the root's /tmp, for what one server of this root reads and writes. */
    public RunDirectory directory(String name) {
        try {
            Path made = Files.createTempDirectory(root.resolve("tmp"), name + "-");
            RunDirectory.setMode(made, "rwxr-xr-x");
            return new RunDirectory(this, made);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a file at a place that the software has built in. */
    public void write(String path, String text) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(root.resolve(path).resolve("..").normalize());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes an empty directory at a place that the software has built in. */
    public void emptied(String path) {
        Path directory = root.resolve(path);
        RunDirectory.delete(directory);
        try {
            RunDirectory.setMode(Files.createDirectories(directory), "rwx--x--x");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The numbers of one of the root's own users; the system outside need not know it. */
    public User user(String name) {
        try {
            List<String> fields = Files.readAllLines(root.resolve("etc/passwd")).stream()
                .map(line -> List.of(line.split(":"))).filter(line -> line.get(0).equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no user " + name + " in " + root));
            return new User(Integer.parseInt(fields.get(USER_ID)), Integer.parseInt(fields.get(GROUP_ID)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A user of a root, by its numbers. */
    public record User(int id, int group) {
    }
}
