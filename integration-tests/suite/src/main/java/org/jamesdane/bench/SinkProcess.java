/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The process of a {@link TlsSink}, and what it has counted. */
final class SinkProcess implements AutoCloseable {
    /**
     * Arrivals since the last reset.
     *
     * @param first the time of the first message
     * @param last the time of the last message, both by {@link System#nanoTime}, which processes of one Linux machine share
     */
    record Arrived(long messages, long connections, long first, long last) {
    }

    private final Process process;
    private final BufferedReader answers;
    private final OutputStream words;

    SinkProcess(Path keyStore, int addresses, int port, Duration roundTrip) {
        try {
            // Its answers go to the standard output, where Java warns of performance data that it can't write.
            process = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
                "-XX:-UsePerfData", "-cp", System.getProperty("java.class.path"), TlsSink.class.getName(),
                keyStore.toString(), String.valueOf(addresses), String.valueOf(port), String.valueOf(roundTrip.toMillis())))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        words = process.getOutputStream();
        answer();
    }

    void reset() {
        ask("reset");
    }

    Arrived arrived() {
        String[] parts = ask("stats").split(" ", -1);
        return new Arrived(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]),
            Long.parseLong(parts[3]));
    }

    private String ask(String word) {
        try {
            words.write((word + "\n").getBytes(StandardCharsets.US_ASCII));
            words.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("The sink has ended", e);
        }
        return answer();
    }

    private String answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException("The sink has ended; it needs root for a port below 1024, and the port free");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException("The sink has ended", e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
