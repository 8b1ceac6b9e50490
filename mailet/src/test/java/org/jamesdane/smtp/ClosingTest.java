/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.channel.TestPermits;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.tls.TlsSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Closing the connector from another thread, while a dialogue hangs in each of its states. All limits of time are an hour long, so that a
 * dialogue that ends here ends because of the closing.
 */
@Timeout(60)
class ClosingTest {
    private static final SSLSocketFactory TLS = TestPki.selfSigned("mx.example").issue().serverContext().getSocketFactory();
    private static final Duration HOUR = Duration.ofHours(1);

    /** The limit of a test's patience, and no measure of anything. */
    private static final int PATIENCE_SECONDS = 30;

    private final SocketSmtpConnector connector = new SocketSmtpConnector(ClosingTest::smallSocket, new Watchdog());
    private final List<Socket> accepted = new ArrayList<>();
    private final CountDownLatch silent = new CountDownLatch(1);
    private final ServerSocket listening = new ServerSocket();
    private Thread host = new Thread(() -> { });

    ClosingTest() throws IOException {
        // What is thrown here fails each test.
    }

    /** The steps of a host; when they are through, it neither reads nor writes any more. */
    private interface Steps {
        void take(Socket socket) throws IOException;
    }

    @BeforeEach
    void listen() throws IOException {
        listening.setReceiveBufferSize(4096);
        listening.bind(new InetSocketAddress(InetAddress.getByName("127.79.1.1"), 0), 1);
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        connector.close();
        listening.close();
        synchronized (accepted) {
            for (Socket each : accepted) {
                each.close();
            }
        }
        host.join();
    }

    /** Buffers of the system that a few mails do not fill would make writing end at once. */
    private static Socket smallSocket() {
        try {
            Socket socket = new Socket(Proxy.NO_PROXY);
            socket.setSendBufferSize(4096);
            return socket;
        } catch (SocketException e) {
            throw new IllegalStateException(e);
        }
    }

    private void host(Steps steps) {
        host = new Thread(() -> {
            try {
                Socket socket = listening.accept();
                keep(socket);
                steps.take(socket);
                silent.countDown();
            } catch (IOException e) {
                // The test is over, or will fail for want of the silence.
            }
        }, "host");
        host.start();
    }

    private void keep(Socket socket) {
        synchronized (accepted) {
            accepted.add(socket);
        }
    }

    private static void say(Socket socket, String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(US_ASCII));
    }

    /** Answers commands up to that one. */
    private static void answer(Socket socket, String last) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
        for (String line = lines.readLine(); line != null && !line.startsWith(last); line = lines.readLine()) {
            say(socket, line.startsWith("DATA") ? "354 go on" : "250 ok");
            if (line.startsWith("DATA")) {
                return;
            }
        }
    }

    /** A socket over which TLS is spoken; one that nobody refers to would be closed. */
    private SSLSocket secured(Socket plain) throws IOException {
        SSLSocket socket = (SSLSocket) TLS.createSocket(plain, "mx.example", 25, true);
        socket.setUseClientMode(false);
        keep(socket);
        return socket;
    }

    private SmtpConnection open(boolean implicitTls) throws SmtpException {
        SmtpEndpoint endpoint = new SmtpEndpoint((InetSocketAddress) listening.getLocalSocketAddress(), Optional.empty(), "client.example",
            implicitTls, TlsSettings.withoutServerName());
        return connector.open(endpoint, HeloFallback.ALLOWED, Timeouts.defaults().withConnect(HOUR).withEachStep(HOUR));
    }

    private static void send(SmtpConnection connection) {
        TransactionResult result = connection.send(TestPermits.issue(connection.channel(), SecurityLabel.VERIFIED), FaultBench.envelope(),
            TestContent.repeated("a line of some octets\r\n", 1_000_000));
        throw new IllegalStateException(result.toString());
    }

    /** A dialogue with the host. */
    private interface Dialogue {
        void run() throws SmtpException;
    }

    /** Runs a dialogue until it hangs, closes the connector, and sees the dialogue end. */
    private Exception end(Dialogue dialogue, String hangsIn) throws Exception {
        CompletableFuture<Exception> ended = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                dialogue.run();
                ended.complete(new IllegalStateException("it did not fail"));
            } catch (SmtpException | RuntimeException e) {
                ended.complete(e);
            }
        }, "dialogue");
        thread.start();
        while (!hangs(thread, hangsIn)) {
            assertThat(ended).isNotDone();
            Thread.sleep(5);
        }
        connector.close();

        Exception failure = ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        thread.join();
        return failure;
    }

    private boolean hangs(Thread dialogue, String method) {
        return silent.getCount() == 0 && Arrays.stream(dialogue.getStackTrace())
            .anyMatch(frame -> frame.getClassName().startsWith("sun.nio.ch.") && frame.getMethodName().equals(method));
    }

    private static SmtpFailure failure(Exception failure) {
        return ((SmtpException) failure).failure();
    }

    @Test
    void shouldEndConnecting() throws Exception {
        // A queue that nobody empties: the next connection gets no answer.
        boolean full = false;
        while (!full) {
            Socket filling = new Socket(Proxy.NO_PROXY);
            keep(filling);
            try {
                filling.connect(listening.getLocalSocketAddress(), 300);
            } catch (SocketTimeoutException e) {
                full = true;
            }
        }
        silent.countDown();

        assertThat(failure(end(() -> open(false), "connect")).toString()).contains("this server stops");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldEndWaitingForAGreeting(boolean tls) throws Exception {
        host(tls ? socket -> secured(socket).startHandshake() : socket -> { });

        assertThat(failure(end(() -> open(tls), "read")).phase()).isEqualTo(Phase.BANNER);
    }

    @Test
    void shouldEndAHandshake() throws Exception {
        host(socket -> {
            InputStream in = socket.getInputStream();
            // The header of the record with our hello.
            assertThat(in.readNBytes(5)).hasSize(5);
        });

        assertThat(failure(end(() -> open(true), "read")).phase()).isEqualTo(Phase.TLS_HANDSHAKE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldEndWaitingForAReply(boolean tls) throws Exception {
        host(socket -> {
            Socket spoken = tls ? secured(socket) : socket;
            say(spoken, "220 mx.example");
            answer(spoken, "NOOP");
        });

        assertThat(failure(end(() -> open(tls).noop(), "read")).phase()).isEqualTo(Phase.NOOP);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldEndWritingToAHostThatDoesNotRead(boolean tls) throws Exception {
        host(socket -> {
            Socket spoken = tls ? secured(socket) : socket;
            say(spoken, "220 mx.example");
            answer(spoken, "nothing");
        });

        assertThat(end(() -> send(open(tls)), "write")).hasMessageContaining("phase=" + Phase.CONTENT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldEndAnIdleConnection(boolean tls) throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        host(socket -> {
            Socket spoken = tls ? secured(socket) : socket;
            say(spoken, "220 mx.example");
            try {
                answer(spoken, "nothing");
            } finally {
                gone.countDown();
            }
        });
        SmtpConnection connection = open(tls);

        connector.close();

        assertThat(connection.isReusable()).isFalse();
        assertThat(gone.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
}
