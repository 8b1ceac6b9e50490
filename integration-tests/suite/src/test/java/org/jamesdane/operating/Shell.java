/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.operating;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jamesdane.testing.james.James;

/**
 * Runs commands as an operator types them, with the addresses of the documentation changed to those of a test's James, and writes the
 * dialogue down as it ran.
 */
public final class Shell {
    /** The administration interface as the documentation has it. */
    public static final String WEBADMIN = "http://127.0.0.1:8000";
    /** The log as the documentation has it. */
    public static final String LOG = "/var/log/james/james.log";

    private static final long SECONDS = 60;

    private final Map<String, String> here;
    private final Path transcript;
    private final Path directory;
    private final Path programs;
    private final String before;

    /**
     * Prepares a shell in the directory of a James.
     *
     * @param more what else of the documentation's commands stands for something else here
     */
    Shell(James james, Path transcript, Map<String, String> more) throws IOException {
        this(james.workingDirectory(), transcript, of(james, more), "");
        Files.deleteIfExists(transcript);
    }

    /**
     * Prepares a shell, whose dialogue goes on behind what is written already.
     *
     * @param here what of the documentation's commands stands for something else here, in the order in which it is replaced
     * @param before commands that precede each
     */
    public Shell(Path directory, Path transcript, Map<String, String> here, String before) throws IOException {
        this.here = new LinkedHashMap<>(here);
        this.transcript = transcript;
        this.directory = directory;
        this.before = before;
        this.programs = strictCurl();
        Files.createDirectories(transcript.toAbsolutePath().getParent());
    }

    /** Names for a James in the documentation, with more put before them. */
    public static Map<String, String> of(James james, Map<String, String> more) {
        Map<String, String> here = new LinkedHashMap<>(more);
        here.put(WEBADMIN, james.webadmin().base().toString());
        here.put(LOG, james.log().file().toString());
        return here;
    }

    /** A curl before the system's, for which an HTTP error is a failure, whose sentence is shown. */
    private static Path strictCurl() throws IOException {
        Path programs = Files.createTempDirectory("strict-");
        Path curl = Files.writeString(programs.resolve("curl"), "#!/bin/sh\nPATH=${PATH#*:} exec curl --fail-with-body \"$@\"\n");
        Files.setPosixFilePermissions(curl, PosixFilePermissions.fromString("rwx------"));
        curl.toFile().deleteOnExit();
        programs.toFile().deleteOnExit();
        return programs;
    }

    /**
     * Result of a command.
     *
     * @param output of both kinds
     */
    public record Result(String command, int exitCode, String output) {
        public Result {
            output = output.strip();
        }
    }

    /** Runs a command. */
    public Result run(String command) {
        String changed = command;
        for (Map.Entry<String, String> each : here.entrySet()) {
            changed = changed.replace(each.getKey(), each.getValue());
        }
        try {
            Path output = Files.createTempFile("command-", ".out");
            try {
                ProcessBuilder bash = new ProcessBuilder("bash", "-c", before + "\n" + changed).directory(directory.toFile())
                    .redirectErrorStream(true).redirectOutput(output.toFile());
                bash.environment().merge("PATH", programs.toString(), (path, first) -> first + ":" + path);
                Process process = bash.start();
                if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException("The command did not end: " + command);
                }
                Result result = new Result(command, process.exitValue(), Files.readString(output, UTF_8));
                note("$ " + command + "\n" + (result.output().isEmpty() ? "" : result.output() + "\n"));
                return result;
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Writes something else into the dialogue. */
    public void note(String text) {
        try {
            Files.writeString(transcript, text + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
