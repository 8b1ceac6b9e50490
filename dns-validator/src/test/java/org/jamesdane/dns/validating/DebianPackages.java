/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Programs of Debian, unpacked into a directory of the build without being installed. */
final class DebianPackages {
    private final Path root;

    private DebianPackages(Path root) {
        this.root = root;
    }

    /**
     * Fetches packages through apt and unpacks them; what is there from an earlier time is used again.
     *
     * @param packages the programs and the libraries they need beyond the C library
     */
    static DebianPackages in(Path directory, List<String> packages) {
        Path root = directory.resolve("root");
        Path archives = directory.resolve("archives");
        try {
            if (!Files.exists(root)) {
                Files.createDirectories(archives);
                List<String> download = new ArrayList<>(List.of("apt-get", "download"));
                download.addAll(packages);
                run(archives, download);
                Path unfinished = directory.resolve("unfinished");
                for (Path archive : archives(archives)) {
                    run(archives, List.of("dpkg-deb", "-x", archive.toString(), unfinished.toString()));
                }
                Files.move(unfinished, root);
            }
            return new DebianPackages(root);
        } catch (IOException e) {
            throw new UncheckedIOException("The packages " + packages + " could not be unpacked", e);
        }
    }

    private static List<Path> archives(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".deb")).toList();
        }
    }

    private static void run(Path directory, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** Starts a program, its output going to a file. */
    Process start(Path log, String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(root.resolve(program).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        try {
            builder.environment().put("LD_LIBRARY_PATH", libraries());
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(program + " could not be started", e);
        }
    }

    /** The directories of shared libraries, named after the machine's architecture. */
    private String libraries() throws IOException {
        List<String> directories = new ArrayList<>();
        for (Path above : List.of(root.resolve("usr/lib"), root.resolve("lib"))) {
            if (Files.isDirectory(above)) {
                try (Stream<Path> below = Files.list(above)) {
                    below.filter(Files::isDirectory).map(Path::toString).forEach(directories::add);
                }
            }
        }
        return String.join(":", directories);
    }
}
