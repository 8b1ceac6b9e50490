/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Hands numbered mails to servers over a few connections until they have taken a number of them. A mail whose answer was lost with the
 * connection is not sent again: only what was confirmed counts.
 */
public final class MailSource implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final long RECONNECT_MILLIS = 200;

    private final IntFunction<String> recipients;
    private final int wanted;
    private final AtomicInteger next = new AtomicInteger();
    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads;
    private volatile boolean closed;

    /**
     * Begins to send.
     *
     * @param recipients the recipient of the mail of a number
     * @param wanted how many have to be confirmed
     * @param connections to each server
     */
    public MailSource(List<InetSocketAddress> servers, IntFunction<String> recipients, int wanted, int connections) {
        this.recipients = recipients;
        this.wanted = wanted;
        threads = Executors.newFixedThreadPool(connections * servers.size(), task -> {
            Thread thread = new Thread(task, "source");
            thread.setDaemon(true);
            return thread;
        });
        for (int i = 0; i < connections; i++) {
            servers.forEach(server -> threads.execute(() -> send(server)));
        }
        threads.shutdown();
    }

    /** The ids of the mails that the server has taken responsibility for. */
    public List<String> confirmed() {
        return List.copyOf(confirmed);
    }

    public int confirmedCount() {
        return confirmed.size();
    }

    /** Tests whether all mails have been confirmed and no thread sends any more. */
    public boolean isDone() {
        return confirmed.size() >= wanted && threads.isTerminated();
    }

    private void send(InetSocketAddress server) {
        while (!closed && confirmed.size() < wanted) {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.connect(server, TIMEOUT_MILLIS);
                submit(socket);
            } catch (IOException e) {
                // The server was killed; the next one will be there in a moment.
                pause();
            }
        }
    }

    private void submit(Socket socket) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
        OutputStream out = socket.getOutputStream();
        expect(in, "220");
        command(in, out, "HELO [127.0.0.1]", "250");
        while (!closed && confirmed.size() < wanted) {
            int number = next.getAndIncrement();
            String id = "m" + number;
            command(in, out, "MAIL FROM:<sender@source.example>", "250");
            command(in, out, "RCPT TO:<" + recipients.apply(number) + ">", "250");
            command(in, out, "DATA", "354");
            command(in, out, "From: sender@source.example\r\nSubject: load\r\n" + CountingSink.ID + ": " + id + "\r\n\r\nHello.\r\n.",
                "250");
            confirmed.add(id);
        }
        command(in, out, "QUIT", "221");
    }

    private static void command(BufferedReader in, OutputStream out, String text, String expected) throws IOException {
        out.write((text + "\r\n").getBytes(ISO_8859_1));
        out.flush();
        expect(in, expected);
    }

    private static void expect(BufferedReader in, String code) throws IOException {
        String line = in.readLine();
        if (line == null || !line.startsWith(code)) {
            throw new IOException("The server answered " + line);
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(RECONNECT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        threads.shutdownNow();
    }
}
