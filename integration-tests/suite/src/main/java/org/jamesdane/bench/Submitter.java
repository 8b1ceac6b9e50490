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
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;

/** Hands many messages to a server, over several connections, as a busy application would. */
final class Submitter {
    private static final int CONNECTIONS = 8;
    private static final int TIMEOUT_MILLIS = 120_000;

    private final InetSocketAddress server;
    private final byte[] content;

    /**
     * Prepares messages of that size.
     *
     * @param octets of a message, its header included
     */
    Submitter(InetSocketAddress server, int octets) {
        this.server = server;
        StringBuilder text = new StringBuilder(String.join("\r\n", "From: <sender@bench.example>", "To: <user@bench.example>",
            "Subject: benchmark", "Message-ID: <1@bench.example>", "Date: Sun, 01 Nov 2026 12:00:00 +0000", "", ""));
        while (text.length() < octets) {
            text.append("A line of a message that has nothing to say but is of the length of many others.\r\n");
        }
        content = (text + ".\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Submits so many messages, each for the next of the domains, and returns when the server has taken the last. */
    void submit(int messages, int domains) {
        submit(messages, number -> Zones.domain(number % domains));
    }

    /** Submits so many messages, each for the domain that goes with its number. */
    void submit(int messages, IntFunction<String> domains) {
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            List<CompletableFuture<Void>> parts = new ArrayList<>();
            for (int connection = 0; connection < CONNECTIONS; connection++) {
                int start = connection;
                parts.add(CompletableFuture.runAsync(() -> session(start, messages, domains), threads));
            }
            parts.forEach(CompletableFuture::join);
        } finally {
            threads.shutdownNow();
        }
    }

    private void session(int start, int messages, IntFunction<String> domains) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.connect(server, TIMEOUT_MILLIS);
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            OutputStream out = socket.getOutputStream();
            expect(in, "220");
            command(out, in, "HELO bench.example", "250");
            for (int i = start; i < messages; i += CONNECTIONS) {
                command(out, in, "MAIL FROM:<sender@bench.example>", "250");
                command(out, in, "RCPT TO:<user" + i + "@" + domains.apply(i) + ">", "250");
                command(out, in, "DATA", "354");
                out.write(content);
                expect(in, "250");
            }
            command(out, in, "QUIT", "221");
        } catch (IOException e) {
            throw new UncheckedIOException("The submission to " + server + " failed", e);
        }
    }

    private static void command(OutputStream out, BufferedReader in, String line, String code) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        expect(in, code);
    }

    private static void expect(BufferedReader in, String code) throws IOException {
        String line = in.readLine();
        while (line != null && line.startsWith("-", code.length())) {
            line = in.readLine();
        }
        if (line == null || !line.startsWith(code)) {
            throw new IOException("The server said \"" + line + "\" where " + code + " was expected");
        }
    }
}
