/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A mail host that remembers of each message only its {@link #ID}, and how often it took it; light enough for many thousands. */
public final class CountingSink implements AutoCloseable {
    /** The header field by which messages are told apart. */
    public static final String ID = "X-Load-Id";
    private static final int MAX_LINE = 10_000;

    private final ServerSocket listener;
    private final Optional<SSLContext> tls;
    private final boolean greylisting;
    private final ExecutorService sessions = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "sink");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> taken = new ConcurrentHashMap<>();
    private final AtomicInteger deferred = new AtomicInteger();
    private final AtomicInteger held = new AtomicInteger();
    private final Object turn = new Object();
    private Answer answer = Answer.AT_ONCE;
    private volatile Duration thought = Duration.ZERO;

    private enum Answer { AT_ONCE, LATER, NEVER }

    /**
     * Starts listening.
     *
     * @param port zero for one that the system chooses
     * @param tls what to offer by STARTTLS
     * @param greylisting whether each recipient is refused the first time (451)
     */
    public CountingSink(String address, int port, Optional<SSLContext> tls, boolean greylisting) {
        this.tls = tls;
        this.greylisting = greylisting;
        try {
            listener = new ServerSocket(port, 200, InetAddress.getByName(address));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sessions.execute(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    public String address() {
        return listener.getInetAddress().getHostAddress();
    }

    /** Number of times that each message was taken. */
    public Map<String, Integer> taken() {
        return Map.copyOf(taken);
    }

    public boolean has(String id) {
        return taken.containsKey(id);
    }

    /** Recipients refused for the time being. */
    public int deferred() {
        return deferred.get();
    }

    /** Connections open at this moment: no more attempts are under way than that. */
    public int openSessions() {
        return open.size();
    }

    /** Takes messages up to their end from now on, and does not answer until it is told how to go on. */
    public void hold() {
        go(Answer.LATER);
    }

    /** Answers those held, and all others at once. */
    public void answer() {
        go(Answer.AT_ONCE);
    }

    /** Drops those held without an answer; none counts as taken. */
    public void drop() {
        go(Answer.NEVER);
    }

    /** Takes so long from now on to answer a message's end. */
    public void answerAfter(Duration time) {
        thought = time;
    }

    /** Number of messages held so far. */
    public int held() {
        return held.get();
    }

    private void go(Answer next) {
        synchronized (turn) {
            answer = next;
            turn.notifyAll();
        }
    }

    private boolean mayAnswer() throws IOException {
        synchronized (turn) {
            if (answer == Answer.LATER) {
                held.incrementAndGet();
            }
            while (answer == Answer.LATER) {
                try {
                    turn.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("the host is closed", e);
                }
            }
            return answer == Answer.AT_ONCE;
        }
    }

    private void think() throws IOException {
        try {
            Thread.sleep(thought.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the host is closed", e);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                sessions.execute(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            new Session(socket).run();
        } catch (IOException e) {
            // The sender is gone, perhaps killed: that is what this is for.
            return;
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            sessions.shutdownNow();
        }
    }

    /** Connection to the sink. */
    private final class Session {
        private Socket socket;
        private InputStream in;
        private OutputStream out;

        Session(Socket socket) throws IOException {
            this.socket = socket;
            in = new BufferedInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        }

        void run() throws IOException {
            reply("220 sink ESMTP");
            while (true) {
                Optional<String> line = line();
                if (line.isEmpty() || !answer(line.get())) {
                    return;
                }
            }
        }

        private boolean answer(String line) throws IOException {
            String verb = line.substring(0, Math.min(4, line.length())).toUpperCase(Locale.ROOT);
            switch (verb) {
                case "EHLO" -> reply(tls.isPresent() && !(socket instanceof SSLSocket) ? "250-sink\r\n250 STARTTLS" : "250 sink");
                case "STAR" -> startTls();
                case "RCPT" -> reply(greylisting && seen.add(line) ? later() : "250 2.1.5 fine");
                case "DATA" -> message();
                case "QUIT" -> {
                    reply("221 bye");
                    return false;
                }
                default -> reply("250 2.0.0 fine");
            }
            return true;
        }

        private String later() {
            deferred.incrementAndGet();
            return "451 4.7.1 Come back later";
        }

        private void startTls() throws IOException {
            reply("220 go ahead");
            SSLSocket secured = (SSLSocket) tls.orElseThrow(() -> new IOException("no TLS here")).getSocketFactory()
                .createSocket(socket, socket.getInetAddress().getHostAddress(), socket.getPort(), true);
            secured.setUseClientMode(false);
            secured.startHandshake();
            socket = secured;
            in = new BufferedInputStream(secured.getInputStream());
            out = secured.getOutputStream();
        }

        private void message() throws IOException {
            reply("354 go ahead");
            String id = "";
            for (Optional<String> line = line(); ; line = line()) {
                String text = line.orElseThrow(() -> new IOException("the message has no end"));
                if (text.equals(".")) {
                    break;
                }
                if (text.startsWith(ID + ": ")) {
                    id = text.substring(ID.length() + 2);
                }
            }
            think();
            if (!mayAnswer()) {
                throw new IOException("dropped");
            }
            // Counted before it is answered: the answer may find nobody.
            taken.merge(id, 1, Integer::sum);
            reply("250 2.0.0 taken");
        }

        private Optional<String> line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                if (octet == '\n') {
                    String text = line.toString(ISO_8859_1);
                    return Optional.of(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
                }
                if (line.size() == MAX_LINE) {
                    throw new IOException("a line without end");
                }
                line.write(octet);
            }
            return Optional.empty();
        }

        private void reply(String text) throws IOException {
            out.write((text + "\r\n").getBytes(ISO_8859_1));
            out.flush();
        }
    }
}
