/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.peers;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Directory of what one server reads and writes, and the processes started for it. Closing it ends them with all their children and deletes
 * it.
 */
public final class RunDirectory implements AutoCloseable {
    private static final long STOP_SECONDS = 5;
    private static final long RUN_SECONDS = 60;
    private static final String OUTPUT = "output";

    private final Chroot chroot;
    private final Path outside;
    private final List<Process> processes = new ArrayList<>();

    RunDirectory(Chroot chroot, Path outside) {
        this.chroot = chroot;
        this.outside = outside;
    }

    /** Root in which the server runs. */
    public Chroot chroot() {
        return chroot;
    }

    /** A file of this directory as the server in the root names it. */
    public String inside(String file) {
        return "/" + chroot.root().relativize(outside.resolve(file));
    }

    /** A file of this directory as this process names it. */
    public Path outside(String file) {
        return outside.resolve(file);
    }

    /** Writes a file that anyone may read. */
    public RunDirectory write(String file, String text) {
        try {
            Files.writeString(outside.resolve(file), text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file that only root and its owner may read, as mail servers want it for keys. */
    public RunDirectory writeSecret(String file, String text) {
        write(file, text);
        setMode(outside.resolve(file), "rw-------");
        return this;
    }

    /** Makes directories, with permissions as {@code ls} shows them. */
    public RunDirectory directories(String mode, String... names) {
        try {
            for (String name : names) {
                setMode(Files.createDirectories(outside.resolve(name)), mode);
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives these files, or all of the directory if none is named, to a user. */
    public RunDirectory give(Chroot.User user, String... files) {
        List<Path> given = files.length == 0 ? List.of(outside) : Stream.of(files).map(outside::resolve).toList();
        for (Path top : given) {
            try (Stream<Path> below = Files.walk(top)) {
                for (Path file : below.toList()) {
                    Files.setAttribute(file, "unix:uid", user.id(), LinkOption.NOFOLLOW_LINKS);
                    Files.setAttribute(file, "unix:gid", user.group(), LinkOption.NOFOLLOW_LINKS);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return this;
    }

    /** Runs a command in the root and returns what it prints. */
    public Finished run(Map<String, String> environment, String... command) {
        try {
            Path output = Files.createTempFile(outside, "run", ".out");
            Process process = builder(environment, List.of(command)).redirectOutput(output.toFile()).start();
            processes.add(process);
            if (!process.waitFor(RUN_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(String.join(" ", command) + " did not end within " + RUN_SECONDS + " s");
            }
            return new Finished(process.exitValue(), Files.readString(output));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for " + command[0], e);
        }
    }

    /** Runs a command that has to succeed. */
    public String run(String... command) {
        Finished finished = run(Map.of(), command);
        if (finished.exitCode() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed: " + finished.output());
        }
        return finished.output();
    }

    /** Starts a server in the root. */
    public ProcessHandle start(String... command) {
        try {
            Process process = builder(Map.of(), List.of(command))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(outside.resolve(OUTPUT).toFile())).start();
            processes.add(process);
            return process.toHandle();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Output of the servers started here; for a failure's message. */
    public String output() {
        return text(OUTPUT);
    }

    /** The content of a file, empty if there is none. */
    public String text(String file) {
        try {
            Path path = outside.resolve(file);
            return Files.exists(path) ? Files.readString(path) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ProcessBuilder builder(Map<String, String> environment, List<String> command) {
        List<String> whole = new ArrayList<>(List.of("chroot", chroot.root().toString()));
        whole.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(whole).redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().putAll(environment);
        return builder;
    }

    static void setMode(Path file, String mode) {
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        processes.forEach(RunDirectory::end);
        delete(outside);
    }

    /** Deletes a directory with all that is in it, if it is there. */
    public static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void end(Process process) {
        // Taken before the end: a child that outlives its parent is no descendant any more.
        List<ProcessHandle> family = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        family.forEach(ProcessHandle::destroyForcibly);
    }

    /** Result of a command. */
    public record Finished(int exitCode, String output) {
    }
}
