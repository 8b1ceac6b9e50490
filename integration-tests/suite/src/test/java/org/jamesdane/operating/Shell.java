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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jamesdane.testing.james.James;

/**
 * Runs commands as an operator types them, with the addresses of the documentation changed to those of a test's James, and writes the
 * dialogue down as it ran.
 */
final class Shell {
    /** The administration interface as the documentation has it. */
    static final String WEBADMIN = "http://127.0.0.1:8000";
    /** The log as the documentation has it. */
    static final String LOG = "/var/log/james/james.log";

    private static final long SECONDS = 60;
    /** An HTTP error fails the command, and its sentence is shown. */
    private static final String STRICT_CURL = "curl() { command curl --fail-with-body \"$@\"; }\n";

    private final Map<String, String> here;
    private final Path transcript;
    private final Path directory;

    /**
     * Prepares a shell.
     *
     * @param more what else of the documentation's commands stands for something else here
     */
    Shell(James james, Path transcript, Map<String, String> more) throws IOException {
        this.here = new LinkedHashMap<>(more);
        here.put(WEBADMIN, james.webadmin().base().toString());
        here.put(LOG, james.log().file().toString());
        this.transcript = transcript;
        this.directory = james.workingDirectory();
        Files.createDirectories(transcript.toAbsolutePath().getParent());
        Files.deleteIfExists(transcript);
    }

    /**
     * What a command did.
     *
     * @param output of both kinds
     */
    record Result(String command, int exitCode, String output) {
        Result {
            output = output.strip();
        }
    }

    Result run(String command) {
        String changed = command;
        for (Map.Entry<String, String> each : here.entrySet()) {
            changed = changed.replace(each.getKey(), each.getValue());
        }
        try {
            Path output = Files.createTempFile("command-", ".out");
            try {
                Process process = new ProcessBuilder("bash", "-c", STRICT_CURL + changed).directory(directory.toFile())
                    .redirectErrorStream(true).redirectOutput(output.toFile()).start();
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
    void note(String text) {
        try {
            Files.writeString(transcript, text + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
