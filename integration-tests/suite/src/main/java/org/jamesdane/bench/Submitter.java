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

    /** Submits one message for a recipient at each of the domains. */
    void submitOne(List<String> domains) {
        try (Socket socket = new Socket()) {
            Dialogue dialogue = new Dialogue(socket);
            dialogue.submit(domains.stream().map(domain -> "user@" + domain).toList());
            dialogue.command("QUIT", "221");
        } catch (IOException e) {
            throw new UncheckedIOException("The submission to " + server + " failed", e);
        }
    }

    private void session(int start, int messages, IntFunction<String> domains) {
        try (Socket socket = new Socket()) {
            Dialogue dialogue = new Dialogue(socket);
            for (int i = start; i < messages; i += CONNECTIONS) {
                dialogue.submit(List.of("user" + i + "@" + domains.apply(i)));
            }
            dialogue.command("QUIT", "221");
        } catch (IOException e) {
            throw new UncheckedIOException("The submission to " + server + " failed", e);
        }
    }

    /** Connection to the server that is measured. */
    private final class Dialogue {
        private final BufferedReader in;
        private final OutputStream out;

        Dialogue(Socket socket) throws IOException {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.connect(server, TIMEOUT_MILLIS);
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            out = socket.getOutputStream();
            expect("220");
            command("HELO bench.example", "250");
        }

        void submit(List<String> recipients) throws IOException {
            command("MAIL FROM:<sender@bench.example>", "250");
            for (String recipient : recipients) {
                command("RCPT TO:<" + recipient + ">", "250");
            }
            command("DATA", "354");
            out.write(content);
            expect("250");
        }

        void command(String line, String code) throws IOException {
            out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
            expect(code);
        }

        private void expect(String code) throws IOException {
            String line = in.readLine();
            while (line != null && line.startsWith("-", code.length())) {
                line = in.readLine();
            }
            if (line == null || !line.startsWith(code)) {
                throw new IOException("The server said \"" + line + "\" where " + code + " was expected");
            }
        }
    }
}
