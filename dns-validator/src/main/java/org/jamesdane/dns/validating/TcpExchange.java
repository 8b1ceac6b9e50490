/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import org.jamesdane.dns.Lookup;
import org.jspecify.annotations.Nullable;

/** A query over TCP, on a connection of its own (RFC 7766). */
final class TcpExchange extends Exchange {
    /** A message is preceded by its length (RFC 1035 §4.2.2). */
    private static final int LENGTH_OCTETS = 2;

    private final InetSocketAddress server;
    private final ByteBuffer out;
    private final ByteBuffer length = ByteBuffer.allocate(LENGTH_OCTETS);
    private @Nullable ByteBuffer message;
    private @Nullable SocketChannel channel;

    TcpExchange(InetSocketAddress server, Query query, long deadline, CompletableFuture<byte[]> result, Executor executor) {
        super(query, deadline, result, executor);
        this.server = server;
        byte[] wire = query.wire();
        this.out = ByteBuffer.allocate(LENGTH_OCTETS + wire.length).putShort((short) wire.length).put(wire).flip();
    }

    @Override
    void open(Selector selector) throws IOException {
        SocketChannel opened = SocketChannel.open();
        channel = opened;
        opened.configureBlocking(false);
        boolean connected = opened.connect(server);
        opened.register(selector, connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT, this);
    }

    @Override
    void ready(SelectionKey key) throws IOException {
        SocketChannel socket = (SocketChannel) key.channel();
        if (key.isConnectable() && socket.finishConnect()) {
            key.interestOps(SelectionKey.OP_WRITE);
        }
        if (key.isValid() && key.isWritable()) {
            socket.write(out);
            if (!out.hasRemaining()) {
                key.interestOps(SelectionKey.OP_READ);
            }
        }
        if (key.isValid() && key.isReadable()) {
            read(socket);
        }
    }

    private void read(SocketChannel socket) throws IOException {
        if (length.hasRemaining()) {
            require(socket.read(length));
            if (length.hasRemaining()) {
                return;
            }
            message = ByteBuffer.allocate(Short.toUnsignedInt(length.getShort(0)));
        }
        ByteBuffer body = message;
        if (body == null) {
            return;
        }
        if (body.hasRemaining()) {
            require(socket.read(body));
        }
        if (!body.hasRemaining()) {
            byte[] reply = new byte[body.position()];
            body.flip().get(reply);
            if (query().isAnsweredBy(reply)) {
                succeed(reply);
            } else {
                fail(Lookup.Reason.MALFORMED, "the reply is to another question");
            }
        }
    }

    private static void require(int octets) throws IOException {
        if (octets < 0) {
            throw new IOException("the connection was closed before the reply was complete");
        }
    }

    @Override
    void release() {
        close(channel);
    }
}
