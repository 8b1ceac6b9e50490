/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A process that takes mail on many loopback addresses as fast as it can, under TLS, and counts it. It answers on its standard output to
 * two words on its standard input: {@code reset}, and {@code stats}, which prints messages, connections, and the nanoseconds of
 * {@link System#nanoTime} of the first and the last message.
 */
public final class TlsSink {
    static final String STORE_PASSWORD = "benchmark";

    private final SSLContext tls;
    private final long roundTripNanos;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "sink");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong first = new AtomicLong();
    private final AtomicLong last = new AtomicLong();

    private TlsSink(SSLContext tls, long roundTripMillis) {
        this.tls = tls;
        this.roundTripNanos = roundTripMillis * 1_000_000;
    }

    /**
     * Listens, until its standard input ends.
     *
     * @param args key store (PKCS #12), number of addresses, port, milliseconds of a round trip
     */
    public static void main(String[] args) throws IOException, GeneralSecurityException {
        TlsSink sink = new TlsSink(context(Path.of(args[0])), Long.parseLong(args[3]));
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            sink.listen(address(i), Integer.parseInt(args[2]));
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        say("ready");
        for (String word = in.readLine(); word != null; word = in.readLine()) {
            say(word.equals("reset") ? sink.reset() : sink.stats());
        }
    }

    private static void say(String line) throws IOException {
        System.out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        System.out.flush();
    }

    /** The address of the host with that number. */
    static String address(int number) {
        return "127.80." + number / 200 + "." + (number % 200 + 1);
    }

    private static SSLContext context(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, STORE_PASSWORD.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, STORE_PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private String reset() {
        messages.set(0);
        connections.set(0);
        first.set(0);
        last.set(0);
        return "ok";
    }

    private String stats() {
        return messages.get() + " " + connections.get() + " " + first.get() + " " + last.get();
    }

    private void taken() {
        long now = System.nanoTime();
        first.compareAndSet(0, now);
        last.set(now);
        messages.incrementAndGet();
    }

    private void listen(String address, int port) throws IOException {
        ServerSocket listener = new DelayedServerSocket(InetAddress.getByName(address), port);
        threads.execute(() -> {
            try {
                while (true) {
                    Socket socket = listener.accept();
                    connections.incrementAndGet();
                    threads.execute(() -> serve(socket));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("No connections can be accepted at " + address, e);
            }
        });
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            new SinkSession(socket, tls, this::taken).run();
        } catch (IOException e) {
            // The sender's side of the story is what is measured; a broken connection shows as a message that is missing.
            connections.addAndGet(0);
        }
    }

    /** Server socket whose connections let what the peer sends arrive no earlier than a round trip after what it was told last. */
    private final class DelayedServerSocket extends ServerSocket {
        DelayedServerSocket(InetAddress address, int port) throws IOException {
            super(port, 1000, address);
        }

        @Override
        public Socket accept() throws IOException {
            Socket socket = roundTripNanos == 0 ? new Socket() : new DelayedSocket(roundTripNanos);
            implAccept(socket);
            return socket;
        }
    }

    private static final class DelayedSocket extends Socket {
        private final long roundTripNanos;
        /** The connection itself took a round trip, which the greeting makes up for. */
        private volatile long lastWrite = System.nanoTime();

        DelayedSocket(long roundTripNanos) {
            this.roundTripNanos = roundTripNanos;
        }

        private void await() throws IOException {
            long left = lastWrite + roundTripNanos - System.nanoTime();
            if (left > 0) {
                try {
                    Thread.sleep(left / 1_000_000, (int) (left % 1_000_000));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted", e);
                }
            }
        }

        @Override
        public InputStream getInputStream() throws IOException {
            InputStream in = super.getInputStream();
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    int read = in.read(target, offset, length);
                    await();
                    return read;
                }

                @Override
                public int available() throws IOException {
                    return in.available();
                }
            };
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            OutputStream out = super.getOutputStream();
            return new OutputStream() {
                @Override
                public void write(int octet) throws IOException {
                    write(new byte[] {(byte) octet}, 0, 1);
                }

                @Override
                public void write(byte[] data, int offset, int length) throws IOException {
                    out.write(data, offset, length);
                    lastWrite = System.nanoTime();
                }
            };
        }
    }
}
