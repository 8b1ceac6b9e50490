/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** An SMTP server for tests. Listens from {@link SmtpServerBuilder#start} until {@link #close}; its threads are daemons. */
public final class ScriptedSmtpServer implements Closeable {
    private static final int BACKLOG = 1_000;
    /** A client that says nothing for so long is given up, so that a test that hangs ends. */
    private static final int IDLE_MILLIS = 60_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Settings settings;
    private final ServerSocket listener;
    private final ExecutorService threads;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final List<Session> sessions = new ArrayList<>();
    private final Map<String, Integer> repliesGiven = new HashMap<>();
    private final Deque<Script> next = new ArrayDeque<>();
    private final Set<Socket> open = new HashSet<>();
    private Script script;
    private int connections;
    private int mostAtOnce;
    private int ended;
    private long accepted;

    ScriptedSmtpServer(Settings settings, Script script) throws IOException {
        this.settings = settings;
        this.script = script;
        this.listener = new ServerSocket(settings.port(), BACKLOG, settings.address());
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "scripted-smtp-" + listener.getLocalPort());
            thread.setDaemon(true);
            return thread;
        });
        threads.execute(this::listen);
    }

    /** The way to a server. */
    public static SmtpServerBuilder builder() {
        return new SmtpServerBuilder();
    }

    /** Address at which the server listens. */
    public InetSocketAddress address() {
        return new InetSocketAddress(settings.address(), port());
    }

    /** The port it listens on. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Sets the script of all sessions from the next connection on. */
    public synchronized void script(Script everySession) {
        this.script = everySession;
    }

    /** Sets the scripts of the next connections, in order; later connections follow the script for all. */
    public synchronized void nextSessions(Script... scripts) {
        next.addAll(List.of(scripts));
    }

    /** Sessions of all connections so far, in the order of connecting. */
    public synchronized List<Session> sessions() {
        return List.copyOf(sessions);
    }

    /** Session of the first (1), second (2) … connection. */
    public synchronized Session session(int number) {
        if (number < 1 || number > sessions.size()) {
            throw new IllegalStateException("there is no session " + number + " of " + sessions.size());
        }
        return sessions.get(number - 1);
    }

    /** Number of connections that clients made. */
    public synchronized int connections() {
        return connections;
    }

    /** Most connections at once so far, without those whose client had said QUIT; not known where sessions are only counted. */
    public synchronized int mostAtOnce() {
        return mostAtOnce;
    }

    /** Number of messages that the server took responsibility for. */
    public synchronized long accepted() {
        return accepted;
    }

    /** The messages it took responsibility for, session by session. */
    public List<Transaction> messages() {
        return sessions().stream().flatMap(session -> session.transactions().stream()).filter(Transaction::accepted).toList();
    }

    /** Waits until every connection that was accepted has ended, or stalls; at most 20 seconds. */
    public void awaitEnd() {
        awaitEnd(0);
    }

    /** Waits until at least so many connections were accepted, and all of them have ended, or stall; at most 20 seconds. */
    public synchronized void awaitEnd(int atLeast) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (connections < atLeast || !allEnded()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new IllegalStateException("after " + PATIENCE.toSeconds() + " s only " + ended + " of " + connections
                    + " connections have ended, where at least " + atLeast + " were expected");
            }
            try {
                // Stalling is not announced, so this looks again now and then.
                wait(Math.min(left, 50));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for connections to end", e);
            }
        }
    }

    private boolean allEnded() {
        return ended == connections || (!settings.countOnly() && sessions.stream().allMatch(session -> session.end().isPresent()));
    }

    private void listen() {
        while (!listener.isClosed()) {
            try {
                admit(listener.accept());
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException("a server for tests cannot accept connections", e);
                }
            }
        }
    }

    /** Numbers sessions and hands out scripts in the order of connecting. */
    private synchronized void admit(Socket socket) throws IOException {
        if (closing.getCount() == 0) {
            socket.close();
            return;
        }
        connections++;
        Session session = new Session(connections);
        if (!settings.countOnly()) {
            sessions.add(session);
            mostAtOnce = Math.max(mostAtOnce, (int) sessions.stream()
                .filter(each -> each.end().isEmpty() && !each.verbs().contains("QUIT")).count());
        }
        open.add(socket);
        Script own = next.isEmpty() ? script : next.remove();
        threads.execute(() -> serve(socket, session, own));
    }

    private void serve(Socket socket, Session session, Script own) {
        try (Wire wire = new Wire(socket)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(IDLE_MILLIS);
            Faults faults = new Faults(wire, session, closing);
            new Dialogue(wire, settings, own, session, faults, this::replyTo, this::countAccepted).run();
        } catch (IOException e) {
            session.end(e instanceof SessionEnd ? String.valueOf(e.getMessage()) : "failed: " + e);
        } finally {
            end(socket, session);
        }
    }

    private synchronized void end(Socket socket, Session session) {
        session.end("failed");
        open.remove(socket);
        ended++;
        notifyAll();
    }

    private synchronized void countAccepted() {
        accepted++;
    }

    private synchronized Optional<String> replyTo(String recipient) {
        String key = recipient.toLowerCase(Locale.ROOT);
        List<String> lines = settings.replies().get(key);
        if (lines == null) {
            return Optional.empty();
        }
        int given = repliesGiven.merge(key, 1, Integer::sum);
        return Optional.of(lines.get(Math.min(given, lines.size()) - 1));
    }

    /** Closes the listener and all connections, and waits for the threads. */
    @Override
    public void close() {
        List<Socket> sockets = refuseFromNowOn();
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a server for tests could not be closed", e);
        }
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("a session did not end within " + PATIENCE.toSeconds() + " s of closing");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized List<Socket> refuseFromNowOn() {
        closing.countDown();
        return List.copyOf(open);
    }
}
