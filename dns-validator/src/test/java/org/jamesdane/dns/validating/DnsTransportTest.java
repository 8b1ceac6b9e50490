/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.jamesdane.dns.Lookup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

class DnsTransportTest {
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final DnsTransport transport = new DnsTransport(executor);
    private final Set<Integer> ports = ConcurrentHashMap.newKeySet();
    @SuppressWarnings("NullAway.Init") // opened before each test
    private DatagramSocket server;

    @BeforeEach
    void start() throws IOException {
        server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        transport.start();
    }

    @AfterEach
    void stop() {
        transport.close();
        server.close();
        executor.shutdown();
    }

    private InetSocketAddress address() {
        return new InetSocketAddress(server.getLocalAddress(), server.getLocalPort());
    }

    private static Query query(int id) {
        return Query.of(new Question(Name.fromConstantString("q" + id + ".example."), Type.A), Query.Wish.UNCHECKED, id);
    }

    /** Sends queries back as their own replies, in another thread, until the socket is closed. */
    private void echo() {
        echo(server);
    }

    private void echo(DatagramSocket server) {
        Thread thread = new Thread(() -> {
            DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
            try {
                while (!server.isClosed()) {
                    server.receive(packet);
                    ports.add(packet.getPort());
                    packet.getData()[2] |= (byte) 0x80;
                    server.send(packet);
                }
            } catch (IOException e) {
                // The test is over.
                assertThat(server.isClosed()).isTrue();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static LookupFailure failureOf(CompletableFuture<byte[]> result) throws InterruptedException {
        try {
            result.get();
            throw new AssertionError("a reply came");
        } catch (ExecutionException e) {
            return (LookupFailure) Objects.requireNonNull(e.getCause());
        }
    }

    @Test
    void shouldAnswerMoreQueriesThanItOpensSocketsAtOnce() {
        echo();
        List<CompletableFuture<byte[]>> results = new ArrayList<>();
        for (int i = 0; i < DnsTransport.MAX_OPEN * 3; i++) {
            results.add(transport.send(address(), query(i), false, Duration.ofSeconds(60)));
        }

        CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new)).orTimeout(90, TimeUnit.SECONDS)
            .exceptionally(lost -> null).join();

        // The receive buffer of the one socket may overflow; what was not lost came back to the right query.
        for (int i = 0; i < results.size(); i++) {
            CompletableFuture<byte[]> result = results.get(i);
            if (!result.isCompletedExceptionally()) {
                assertThat(query(i).isAnsweredBy(result.join())).isTrue();
            }
        }
        assertThat(results.stream().filter(result -> !result.isCompletedExceptionally()).count()).isGreaterThan(DnsTransport.MAX_OPEN);
    }

    /** RFC 5452 §9.2: the port is part of what an attacker has to guess. */
    @Test
    void shouldSendEachQueryFromAPortOfItsOwn() {
        echo();
        for (int i = 0; i < 64; i++) {
            transport.send(address(), query(i), false, Duration.ofSeconds(60)).join();
        }

        assertThat(ports).hasSizeGreaterThan(56);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void shouldAskServersOfEitherFamily(String address) throws IOException {
        try (DatagramSocket other = new DatagramSocket(0, InetAddress.getByName(address))) {
            echo(other);

            byte[] reply = transport.send(new InetSocketAddress(other.getLocalAddress(), other.getLocalPort()), query(1), false,
                Duration.ofSeconds(60)).join();

            assertThat(query(1).isAnsweredBy(reply)).isTrue();
        }
    }

    /** RFC 5452 §9.1: a reply comes from the address and port that were asked. */
    @Test
    void shouldTakeNoReplyFromAnotherPortThanItAsked() throws IOException {
        CompletableFuture<byte[]> result = transport.send(address(), query(1), false, Duration.ofSeconds(60));
        DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
        server.receive(packet);
        packet.getData()[2] |= (byte) 0x80;
        packet.getData()[3] = 3;
        try (DatagramSocket stranger = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            stranger.send(packet);
        }
        packet.getData()[3] = 0;
        server.send(packet);

        assertThat(result.join()[3]).isZero();
    }

    @Test
    void shouldGiveUpAtTheDeadline() throws InterruptedException {
        CompletableFuture<byte[]> early = transport.send(address(), query(1), false, Duration.ofMillis(50));
        CompletableFuture<byte[]> late = transport.send(address(), query(2), false, Duration.ofMinutes(5));

        assertThat(failureOf(early).reason()).isEqualTo(Lookup.Reason.TIMEOUT);
        assertThat(late).isNotDone();
    }

    @Test
    void shouldSayThatNothingListens() throws IOException, InterruptedException {
        InetSocketAddress address = address();
        server.close();

        assertThat(failureOf(transport.send(address, query(1), false, Duration.ofSeconds(60))).reason())
            .isEqualTo(Lookup.Reason.UNREACHABLE);
        assertThat(failureOf(transport.send(address, query(1), true, Duration.ofSeconds(60))).reason())
            .isEqualTo(Lookup.Reason.UNREACHABLE);
    }

    @Test
    void shouldStopListeningToAStormOfGuesses() throws IOException, InterruptedException {
        CompletableFuture<byte[]> result = transport.send(address(), query(1), false, Duration.ofSeconds(60));
        DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
        server.receive(packet);
        packet.getData()[2] |= (byte) 0x80;
        packet.getData()[1] ^= 1;

        for (int i = 0; i < UdpExchange.MAX_STRANGE_PACKETS; i++) {
            server.send(packet);
        }

        assertThat(failureOf(result).reason()).isEqualTo(Lookup.Reason.MALFORMED);
    }

    @Test
    void shouldEndWhatIsUnderWayWhenItIsClosed() throws InterruptedException {
        CompletableFuture<byte[]> result = transport.send(address(), query(1), false, Duration.ofMinutes(5));

        transport.close();
        transport.close();

        assertThat(failureOf(result).reason()).isEqualTo(Lookup.Reason.NOT_READY);
        assertThat(failureOf(transport.send(address(), query(2), false, Duration.ofMinutes(5))).reason())
            .isEqualTo(Lookup.Reason.NOT_READY);
    }

    @Test
    void shouldWatchSocketsAnewAfterAnError() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        DnsTransport.Selectors selectors = () -> opened.getAndIncrement() < 3 ? new BrokenSelector() : Selector.open();
        try (DnsTransport broken = new DnsTransport(executor, selectors)) {
            broken.start();
            await(() -> opened.get() > 3 && broken.problem().isEmpty());

            CompletableFuture<byte[]> reply = broken.send(address(), query(7), false, Duration.ofSeconds(10));
            answerOne();

            assertThat(reply.get(10, TimeUnit.SECONDS)).isNotEmpty();
        }
    }

    @Test
    void shouldTellOfSocketsThatCannotBeWatched() throws Exception {
        try (DnsTransport broken = new DnsTransport(executor, BrokenSelector::new)) {
            assertThat(broken.problem()).isEmpty();
            broken.start();
            await(() -> broken.problem().isPresent());

            assertThat(broken.problem().orElseThrow()).contains("can't be watched", "StackOverflowError", "restart James");
            CompletableFuture<byte[]> reply = broken.send(address(), query(8), false, Duration.ofSeconds(10));
            assertThatThrownBy(() -> reply.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(LookupFailure.class);
        }
    }

    @Test
    void shouldEndALookupForWhichNoThreadIsToBeHad() throws Exception {
        Executor none = task -> {
            throw new OutOfMemoryError("unable to create native thread");
        };
        try (DnsTransport alone = new DnsTransport(none)) {
            alone.start();
            for (int id = 1; id <= 2; id++) {
                CompletableFuture<byte[]> reply = alone.send(address(), query(id), false, Duration.ofSeconds(10));
                answerOne();
                assertThat(reply.get(10, TimeUnit.SECONDS)).isNotEmpty();
            }
        }
    }

    private void answerOne() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        server.receive(packet);
        packet.getData()[2] |= (byte) 0x80;
        server.send(packet);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    /** A selector that cannot be used. */
    private static final class BrokenSelector extends AbstractSelector {
        BrokenSelector() {
            super(SelectorProvider.provider());
        }

        @Override
        protected void implCloseSelector() {
            // Nothing is open.
        }

        @Override
        protected SelectionKey register(AbstractSelectableChannel channel, int operations, Object attachment) {
            throw new StackOverflowError("a selector's");
        }

        @Override
        public Set<SelectionKey> keys() {
            return Set.of();
        }

        @Override
        public Set<SelectionKey> selectedKeys() {
            return Set.of();
        }

        @Override
        public int selectNow() {
            throw new StackOverflowError("a selector's");
        }

        @Override
        public int select(Consumer<SelectionKey> action, long timeout) {
            throw new StackOverflowError("a selector's");
        }

        @Override
        public int selectNow(Consumer<SelectionKey> action) {
            throw new StackOverflowError("a selector's");
        }

        @Override
        public int select(long timeout) {
            throw new StackOverflowError("a selector's");
        }

        @Override
        public int select() {
            throw new StackOverflowError("a selector's");
        }

        @Override
        public Selector wakeup() {
            return this;
        }
    }
}
