/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;

/**
 * Gives replies that were made beforehand, so that what is measured is who asks. Any question it does not know it asks the server
 * behind it once. One thread per transport, whose processor time can be told apart.
 */
final class CannedDns implements AutoCloseable {
    private static final int HEADER_OCTETS = 12;
    private static final int TYPE_AND_CLASS_OCTETS = 4;
    private static final int MAX_QUERY = 1500;
    private static final int SOCKET_BUFFER = 4 << 20;
    private static final int BACKLOG = 50;

    private final SimpleResolver origin;
    private final Map<ByteBuffer, byte[]> replies = new ConcurrentHashMap<>();
    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final Thread datagrams = new Thread(this::serveDatagrams, "canned-dns-udp");
    private final Thread streams = new Thread(this::serveStreams, "canned-dns-tcp");

    CannedDns(InetSocketAddress behind) {
        this.origin = new SimpleResolver(behind);
        origin.setTCP(true);
        // A zone of thousands of delegations is signed when it is first asked.
        origin.setTimeout(Duration.ofMinutes(10));
        InetSocketAddress at = UnboundOverNsd.free();
        try {
            this.udp = new DatagramSocket(at);
            this.tcp = new ServerSocket(at.getPort(), BACKLOG, at.getAddress());
            udp.setReceiveBufferSize(SOCKET_BUFFER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        datagrams.setDaemon(true);
        streams.setDaemon(true);
        datagrams.start();
        streams.start();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(udp.getLocalAddress(), udp.getLocalPort());
    }

    /** Processor time of serving, in nanoseconds. */
    long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(datagrams.getId());
    }

    /** Makes the reply to a question. */
    void prepare(Record question) throws IOException {
        Message query = Message.newQuery(question);
        query.getHeader().setFlag(Flags.CD);
        byte[] wire = query.toWire();
        replies.put(key(wire), learn(question));
    }

    private byte[] learn(Record question) throws IOException {
        Message query = Message.newQuery(question);
        query.getHeader().setFlag(Flags.CD);
        query.addRecord(new OPTRecord(1232, 0, 0, ExtendedFlags.DO), Section.ADDITIONAL);
        return origin.send(query).toWire();
    }

    /** The question as it stands in the message, in lower case. */
    private static ByteBuffer key(byte[] query) {
        int end = HEADER_OCTETS;
        while (query[end] != 0) {
            end += query[end] + 1;
        }
        byte[] question = Arrays.copyOfRange(query, HEADER_OCTETS, end + 1 + TYPE_AND_CLASS_OCTETS);
        for (int i = 0; i < question.length - TYPE_AND_CLASS_OCTETS; i++) {
            if (question[i] >= 'A' && question[i] <= 'Z') {
                question[i] = (byte) (question[i] + 'a' - 'A');
            }
        }
        return ByteBuffer.wrap(question);
    }

    private byte[] reply(byte[] query) throws IOException {
        ByteBuffer key = key(query);
        byte[] made = replies.get(key);
        if (made == null) {
            Record asked = new Message(query).getQuestion();
            made = learn(Record.newRecord(asked.getName(), asked.getType(), DClass.IN));
            replies.put(key, made);
        }
        byte[] reply = made.clone();
        reply[0] = query[0];
        reply[1] = query[1];
        return reply;
    }

    private void serveDatagrams() {
        DatagramPacket packet = new DatagramPacket(new byte[MAX_QUERY], MAX_QUERY);
        try {
            while (true) {
                packet.setLength(MAX_QUERY);
                udp.receive(packet);
                byte[] reply = reply(Arrays.copyOf(packet.getData(), packet.getLength()));
                udp.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
            }
        } catch (IOException e) {
            if (!udp.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void serveStreams() {
        try {
            while (true) {
                try (Socket connection = tcp.accept()) {
                    DataInputStream in = new DataInputStream(connection.getInputStream());
                    byte[] query = new byte[in.readUnsignedShort()];
                    in.readFully(query);
                    byte[] reply = reply(query);
                    DataOutputStream out = new DataOutputStream(connection.getOutputStream());
                    out.write(ByteBuffer.allocate(2 + reply.length).putShort((short) reply.length).put(reply).array());
                }
            }
        } catch (IOException e) {
            if (!tcp.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        udp.close();
        tcp.close();
    }
}
