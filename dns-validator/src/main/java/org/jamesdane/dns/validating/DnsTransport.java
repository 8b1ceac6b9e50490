/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
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

    private final Executor executor;
    private final Selector selector;
    private final Thread thread;
    private final Queue<Exchange> submitted = new ConcurrentLinkedQueue<>();
    private final Deque<Exchange> waiting = new ArrayDeque<>();
    private final PriorityQueue<Exchange> deadlines = new PriorityQueue<>(byDeadline());
    private int open;
    private volatile boolean closed;

    DnsTransport(Executor executor) {
        this.executor = executor;
        try {
            this.selector = Selector.open();
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
        try {
            while (!closed) {
                admit();
                selector.select(this::ready, millisToNextDeadline());
                expire();
            }
        } catch (IOException | ClosedSelectorException e) {
            LOGGER.error("DNS lookups stop, because sockets cannot be watched any more", e);
        } finally {
            closed = true;
            new ArrayList<>(deadlines).forEach(DnsTransport::failClosed);
            failSubmitted();
            closeSelector();
        }
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
        } catch (IOException | RuntimeException e) {
            LOGGER.debug("A DNS query could not be sent", e);
            exchange.fail(Lookup.Reason.UNREACHABLE, "the query could not be sent");
        }
        settle(exchange);
    }

    private void ready(SelectionKey key) {
        Exchange exchange = (Exchange) key.attachment();
        try {
            exchange.ready(key);
        } catch (IOException | RuntimeException e) {
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

    private static void failClosed(Exchange exchange) {
        exchange.fail(Lookup.Reason.NOT_READY, "the validator is closed");
    }

    private void failSubmitted() {
        List<Exchange> late = new ArrayList<>();
        Exchange next;
        while ((next = submitted.poll()) != null) {
            late.add(next);
        }
        late.forEach(DnsTransport::failClosed);
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
