/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import org.jamesdane.dns.Lookup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends queries and brings back their replies, on one thread for all sockets. Each query has a socket, and with it a port, of its
 * own (RFC 5452 §9.2), and a deadline. Replies are handed to the executor; nothing is computed on this thread.
 */
final class DnsTransport implements AutoCloseable {
    /** Sockets open at once; further queries wait, and their time runs. */
    static final int MAX_OPEN = 512;

    private static final Logger LOGGER = LoggerFactory.getLogger(DnsTransport.class);
    private static final String CLOSED = "the validator is closed";

    /** Pause before sockets are watched anew, so that a fault that stays does not take a processor for itself. */
    private static final Duration ANEW_AFTER = Duration.ofMillis(200);

    /** Opens the selector that watches the sockets. */
    @FunctionalInterface
    interface Selectors {
        Selector open() throws IOException;
    }

    private final Executor executor;
    private final Selectors selectors;
    private final Thread thread;
    private volatile Selector selector;
    private volatile Optional<String> problem = Optional.empty();
    private final Queue<Exchange> submitted = new ConcurrentLinkedQueue<>();
    private final Deque<Exchange> waiting = new ArrayDeque<>();
    private final PriorityQueue<Exchange> deadlines = new PriorityQueue<>(byDeadline());
    private int open;
    private volatile boolean closed;

    DnsTransport(Executor executor) {
        this(executor, Selector::open);
    }

    DnsTransport(Executor executor, Selectors selectors) {
        this.executor = executor;
        this.selectors = selectors;
        try {
            this.selector = selectors.open();
        } catch (IOException e) {
            throw new UncheckedIOException("No sockets can be watched", e);
        }
        this.thread = new Thread(this::run, "dane-dns-io");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private static Comparator<Exchange> byDeadline() {
        // Monotonic times may wrap, so that only their difference counts.
        return (a, b) -> Long.signum(a.deadline() - b.deadline());
    }

    /**
     * Sends one query.
     *
     * @param stream whether over TCP
     * @return the octets of a message that is a reply to the query, or a {@link LookupFailure}
     */
    CompletableFuture<byte[]> send(InetSocketAddress server, Query query, boolean stream, Duration timeout) {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        long deadline = System.nanoTime() + timeout.toNanos();
        submitted.add(stream
            ? new TcpExchange(server, query, deadline, result, executor)
            : new UdpExchange(server, query, deadline, result, executor));
        selector.wakeup();
        if (closed) {
            failSubmitted();
        }
        return result;
    }

    private void run() {
        while (!closed) {
            try {
                watch();
            } catch (Throwable e) {
                startAnew(e);
            }
        }
        try {
            abandon(Lookup.Reason.NOT_READY, CLOSED);
        } finally {
            failSubmitted();
            closeSelector();
        }
    }

    private void watch() throws IOException {
        admit();
        if (problem.isPresent()) {
            selector.selectNow(this::ready);
            problem = Optional.empty();
            LOGGER.info("The sockets of DNS lookups are watched again");
        }
        selector.select(this::ready, millisToNextDeadline());
        expire();
    }

    /** Goes on after anything unexpected: without this thread no lookup would ever end but by its time. */
    private void startAnew(Throwable cause) {
        try {
            boolean told = problem.isPresent();
            problem = Optional.of("The sockets of DNS lookups can't be watched (" + cause + "): mail is held until they can; "
                + "look into the log, and restart James if it stays so.");
            if (!told) {
                LOGGER.error("The sockets of DNS lookups could not be watched; the lookups under way fail, and it is begun anew", cause);
            }
            abandon(Lookup.Reason.INTERNAL, "the sockets could not be watched");
            closeSelector();
            Thread.sleep(ANEW_AFTER.toMillis());
            selector = selectors.open();
        } catch (InterruptedException e) {
            // Nobody interrupts this thread to stop it; close() does that otherwise.
            LOGGER.debug("Interrupted before the DNS sockets were watched anew", e);
        } catch (Throwable e) {
            // The next round fails as well, and comes here again.
            LOGGER.debug("The DNS sockets could not be watched anew", e);
        }
    }

    private void abandon(Lookup.Reason reason, String text) {
        List<Exchange> left = new ArrayList<>(deadlines);
        deadlines.clear();
        waiting.clear();
        open = 0;
        left.forEach(exchange -> exchange.fail(reason, text));
    }

    /** The reason why no lookup can be made at the moment; empty if there is none. */
    Optional<String> problem() {
        return problem.or(() -> closed || thread.isAlive() || thread.getState() == Thread.State.NEW ? Optional.empty()
            : Optional.of("The thread for DNS lookups has ended: mail is held; restart James."));
    }

    private void admit() {
        Exchange next;
        while ((next = submitted.poll()) != null) {
            deadlines.add(next);
            waiting.add(next);
        }
        while (open < MAX_OPEN && (next = waiting.poll()) != null) {
            if (!next.isDone()) {
                open(next);
            }
        }
    }

    private void open(Exchange exchange) {
        open++;
        try {
            exchange.open(selector);
        } catch (Throwable e) {
            LOGGER.debug("A DNS query could not be sent", e);
            exchange.fail(Lookup.Reason.UNREACHABLE, "the query could not be sent");
        }
        settle(exchange);
    }

    private void ready(SelectionKey key) {
        Exchange exchange = (Exchange) key.attachment();
        try {
            exchange.ready(key);
        } catch (Throwable e) {
            LOGGER.debug("A DNS connection failed", e);
            exchange.fail(Lookup.Reason.UNREACHABLE, "the connection failed");
        }
        settle(exchange);
    }

    private void settle(Exchange exchange) {
        if (exchange.isDone() && deadlines.remove(exchange)) {
            open--;
        }
    }

    private void expire() {
        long now = System.nanoTime();
        Exchange first;
        while ((first = deadlines.peek()) != null && first.deadline() - now <= 0) {
            deadlines.poll();
            if (!waiting.remove(first)) {
                open--;
            }
            first.fail(Lookup.Reason.TIMEOUT, "no reply came in time");
        }
    }

    private long millisToNextDeadline() {
        Exchange first = deadlines.peek();
        // 0 would mean no limit.
        return first == null ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(first.deadline() - System.nanoTime()));
    }

    private void failSubmitted() {
        List<Exchange> late = new ArrayList<>();
        Exchange next;
        while ((next = submitted.poll()) != null) {
            late.add(next);
        }
        late.forEach(exchange -> exchange.fail(Lookup.Reason.NOT_READY, CLOSED));
    }

    private void closeSelector() {
        try {
            selector.close();
        } catch (IOException e) {
            LOGGER.debug("The selector of the DNS sockets could not be closed", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
