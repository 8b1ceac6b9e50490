/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.apache.james.queue.memory;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import javax.inject.Inject;

import com.google.inject.AbstractModule;
import com.google.inject.Scopes;
import org.apache.james.FakeSearchMailboxModule;
import org.apache.james.JamesServerMain;
import org.apache.james.MemoryJamesConfiguration;
import org.apache.james.MemoryJamesServerMain;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueueItemDecoratorFactory;
import org.apache.james.queue.api.MailQueueName;
import org.apache.mailet.Mail;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * James with its memory queues, where the queue of outgoing mail has a gate: while it is closed, mail goes in and none comes out. So
 * the outbound stage can be measured alone, for any mailet that takes its mail from that queue.
 *
 * <p>Compiled by the benchmark against the James it runs. It stands in James's package since the queue's class is known by its name.
 */
public final class GatedJames {
    private static final String GATED_QUEUE = "outgoing";

    private GatedJames() {
    }

    public static void main(String[] args) throws Exception {
        Gate gate = new Gate();
        Thread control = new Thread(() -> serve(gate), "gate");
        control.setDaemon(true);
        control.start();
        JamesServerMain.main(MemoryJamesServerMain
            .createServer(MemoryJamesConfiguration.builder().useWorkingDirectoryEnvProperty().build())
            .combineWith(new FakeSearchMailboxModule())
            .overrideWith(new AbstractModule() {
                @Override
                protected void configure() {
                    bind(Gate.class).toInstance(gate);
                    bind(MemoryMailQueueFactory.class).to(GatedFactory.class).in(Scopes.SINGLETON);
                }
            }));
    }

    /**
     * Serves words, one a line: open, close, clear, count. The answer to each is the number of mails that went in since the last question.
     */
    private static void serve(Gate gate) {
        try (ServerSocket listener = new ServerSocket(Integer.getInteger("bench.gate"), 5, InetAddress.getByName("127.0.0.1"))) {
            while (true) {
                try (Socket socket = listener.accept(); OutputStream out = socket.getOutputStream();
                        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
                    String word = in.readLine();
                    if ("open".equals(word)) {
                        gate.open();
                    } else if ("close".equals(word)) {
                        gate.close();
                    } else if ("clear".equals(word)) {
                        gate.clear();
                    }
                    out.write((gate.entered() + "\n").getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException | MailQueue.MailQueueException e) {
            throw new IllegalStateException("The gate can't be reached", e);
        }
    }

    static final class Gate {
        private final AtomicLong entered = new AtomicLong();
        private final List<MonoSink<Boolean>> waiting = new ArrayList<>();
        private volatile boolean open = true;
        private volatile GatedQueue queue;

        void enter() {
            entered.incrementAndGet();
        }

        long entered() {
            return entered.get();
        }

        synchronized void close() {
            open = false;
        }

        /** Throws away what waits in the queue. */
        void clear() throws MailQueue.MailQueueException {
            queue.clear();
        }

        void open() {
            List<MonoSink<Boolean>> released;
            synchronized (this) {
                open = true;
                released = List.copyOf(waiting);
                waiting.clear();
            }
            released.forEach(sink -> sink.success(true));
        }

        <T> Mono<T> pass(T item) {
            return open ? Mono.just(item) : Mono.create(this::await).thenReturn(item);
        }

        private void await(MonoSink<Boolean> sink) {
            synchronized (this) {
                if (!open) {
                    waiting.add(sink);
                    return;
                }
            }
            sink.success(true);
        }
    }

    static final class GatedFactory extends MemoryMailQueueFactory {
        private final Map<MailQueueName, MemoryCacheableMailQueue> queues = new ConcurrentHashMap<>();
        private final MailQueueItemDecoratorFactory decorators;
        private final Clock clock;
        private final Gate gate;

        @Inject
        GatedFactory(MailQueueItemDecoratorFactory decorators, Clock clock, Gate gate) {
            super(decorators, clock);
            this.decorators = decorators;
            this.clock = clock;
            this.gate = gate;
        }

        @Override
        public Set<MailQueueName> listCreatedMailQueues() {
            return queues.keySet();
        }

        @Override
        public Optional<MemoryCacheableMailQueue> getQueue(MailQueueName name, PrefetchCount count) {
            return Optional.ofNullable(queues.get(name));
        }

        @Override
        public MemoryCacheableMailQueue createQueue(MailQueueName name, PrefetchCount count) {
            return queues.computeIfAbsent(name, missing -> name.asString().equals(GATED_QUEUE)
                ? new GatedQueue(name, decorators, clock, gate) : new MemoryCacheableMailQueue(name, decorators, clock));
        }
    }

    static final class GatedQueue extends MemoryMailQueueFactory.MemoryCacheableMailQueue {
        private final Gate gate;

        GatedQueue(MailQueueName name, MailQueueItemDecoratorFactory decorators, Clock clock, Gate gate) {
            super(name, decorators, clock);
            this.gate = gate;
            gate.queue = this;
        }

        @Override
        public void enQueue(Mail mail) throws MailQueueException {
            super.enQueue(mail);
            gate.enter();
        }

        @Override
        public void enQueue(Mail mail, Duration delay) throws MailQueueException {
            super.enQueue(mail, delay);
        }

        @Override
        public Flux<MailQueue.MailQueueItem> deQueue() {
            return super.deQueue().concatMap(gate::pass, 1);
        }
    }
}
