/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import org.jamesdane.dns.Lookup;
import org.jspecify.annotations.Nullable;

/** A query over UDP, on a socket of its own: connected, so that only the server's packets come in, on a port the system draws. */
final class UdpExchange extends Exchange {
    /** Packets that are no reply to the query before the exchange ends; someone is guessing, and TCP is safe from that. */
    static final int MAX_STRANGE_PACKETS = 16;
    /** A resolver does not send more than it was told to; one that does is read nevertheless. */
    private static final int MAX_PACKET = 4096;

    private final InetSocketAddress server;
    private @Nullable DatagramChannel channel;
    private int strangePackets;

    UdpExchange(InetSocketAddress server, Query query, long deadline, CompletableFuture<byte[]> result, Executor executor) {
        super(query, deadline, result, executor);
        this.server = server;
    }

    @Override
    void open(Selector selector) throws IOException {
        // Of the server's own family: a socket for both takes a third more system calls.
        DatagramChannel opened = DatagramChannel.open(
            server.getAddress() instanceof Inet6Address ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
        channel = opened;
        opened.configureBlocking(false);
        opened.connect(server);
        opened.register(selector, SelectionKey.OP_READ, this);
        opened.write(ByteBuffer.wrap(query().wire()));
    }

    @Override
    void ready(SelectionKey key) throws IOException {
        DatagramChannel readable = (DatagramChannel) key.channel();
        ByteBuffer buffer = ByteBuffer.allocate(MAX_PACKET);
        try {
            while (!isDone() && readable.read(buffer.clear()) > 0) {
                byte[] packet = Arrays.copyOf(buffer.array(), buffer.position());
                if (query().isAnsweredBy(packet)) {
                    succeed(packet);
                } else if (++strangePackets >= MAX_STRANGE_PACKETS) {
                    fail(Lookup.Reason.MALFORMED, strangePackets + " packets came that are no reply to the query");
                }
            }
        } catch (PortUnreachableException e) {
            fail(Lookup.Reason.UNREACHABLE, "nothing listens there");
        }
    }

    @Override
    void release() {
        close(channel);
    }
}
