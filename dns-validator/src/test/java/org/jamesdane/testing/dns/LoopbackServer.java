/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Moves DNS messages over UDP and TCP (RFC 1035 §4.2) on one port; what they say is its handler's business. */
final class LoopbackServer implements AutoCloseable {
    private static final int MAX_MESSAGE = 65535;
    private static final int ATTEMPTS = 50;
    private static final int BACKLOG = 256;
    private static final int SOCKET_BUFFER = 1 << 20;
    private static final int IDLE_MILLIS = 10_000;
    private static final int WORKERS = 4;

    /** Answers a message through {@code send}, any number of times, at any time. */
    interface Handler {
        void handle(byte[] query, Transport transport, Consumer<byte[]> send);
    }

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final Handler handler;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(LoopbackServer::daemon);
    private final ExecutorService workers = Executors.newFixedThreadPool(WORKERS, LoopbackServer::daemon);
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor(LoopbackServer::daemon);

    LoopbackServer(InetAddress address, int port, Handler handler) {
        this.handler = handler;
        try {
            this.tcp = new ServerSocket();
            this.udp = bindBoth(tcp, address, port);
            udp.setReceiveBufferSize(SOCKET_BUFFER);
        } catch (IOException e) {
            throw new UncheckedIOException("No DNS server on " + address.getHostAddress() + " port " + port, e);
        }
        threads.execute(this::receive);
        threads.execute(this::accept);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "signed-dns");
        thread.setDaemon(true);
        return thread;
    }

    /** Finds a port that is free for both; binds the server socket, returns the other. */
    private static DatagramSocket bindBoth(ServerSocket tcp, InetAddress address, int port) throws IOException {
        for (int i = 1;; i++) {
            DatagramSocket udp = new DatagramSocket(new InetSocketAddress(address, port));
            try {
                tcp.setReuseAddress(true);
                tcp.bind(new InetSocketAddress(address, udp.getLocalPort()), BACKLOG);
                return udp;
            } catch (BindException e) {
                udp.close();
                if (port != 0 || i == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress(udp.getLocalAddress(), udp.getLocalPort());
    }

    void later(Duration delay, Runnable task) {
        try {
            Future<?> unused = later.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // Closed meanwhile: nobody waits for the reply any more.
            connections.clear();
        }
    }

    private void receive() {
        byte[] buffer = new byte[MAX_MESSAGE];
        while (!udp.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                udp.receive(packet);
            } catch (IOException e) {
                // Closed, or an ICMP error about an earlier reply, which concerns nobody.
                continue;
            }
            byte[] query = Arrays.copyOf(packet.getData(), packet.getLength());
            SocketAddress client = packet.getSocketAddress();
            run(() -> handler.handle(query, Transport.UDP, reply -> sendDatagram(reply, client)));
        }
    }

    private void run(Runnable task) {
        try {
            workers.execute(task);
        } catch (RejectedExecutionException e) {
            udp.close();
        }
    }

    private void sendDatagram(byte[] reply, SocketAddress client) {
        try {
            udp.send(new DatagramPacket(reply, reply.length, client));
        } catch (IOException e) {
            // The client, or this server, is gone: a lost datagram, as in life.
            connections.removeIf(Socket::isClosed);
        }
    }

    private void accept() {
        while (!tcp.isClosed()) {
            try {
                Socket connection = tcp.accept();
                connections.add(connection);
                threads.execute(() -> serve(connection));
            } catch (IOException | RejectedExecutionException e) {
                // Closed, or a client that went away before it was accepted.
                connections.removeIf(Socket::isClosed);
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setSoTimeout(IDLE_MILLIS);
            connection.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(connection.getInputStream());
            while (true) {
                byte[] query = new byte[in.readUnsignedShort()];
                in.readFully(query);
                handler.handle(query, Transport.TCP, reply -> sendStream(reply, connection));
            }
        } catch (IOException e) {
            // The client has gone or says no more.
            connections.remove(connection);
        }
    }

    private static void sendStream(byte[] reply, Socket connection) {
        byte[] framed = new byte[reply.length + 2];
        framed[0] = (byte) (reply.length >> 8);
        framed[1] = (byte) reply.length;
        System.arraycopy(reply, 0, framed, 2, reply.length);
        try {
            OutputStream out = connection.getOutputStream();
            synchronized (connection) {
                out.write(framed);
                out.flush();
            }
        } catch (IOException e) {
            try {
                connection.close();
            } catch (IOException again) {
                e.addSuppressed(again);
            }
        }
    }

    @Override
    public void close() {
        udp.close();
        try {
            tcp.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            workers.shutdownNow();
            later.shutdownNow();
            threads.shutdownNow();
        }
    }
}
