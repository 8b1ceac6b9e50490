/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A DNS server for tests and demonstrations that serves a {@link SignedWorld} over UDP and TCP on one port, as a recursive resolver
 * would that honours DO and CD. See the package description for an example.
 *
 * <p>Its threads are daemons and end with {@link #close()}. All methods can be called at any time, from any thread.
 */
public final class SignedDns implements AutoCloseable {
    /** Without EDNS (RFC 1035 §4.2.1). */
    private static final int PLAIN_UDP_PAYLOAD = 512;
    private static final int MAX_UDP_PAYLOAD = 4096;
    private static final int MAX_TCP_PAYLOAD = 65535;

    private final SignedWorld world;
    private final LoopbackServer server;
    private final Queue<Question> questions = new ConcurrentLinkedQueue<>();
    private final Map<FaultKey, Fault> faults = new ConcurrentHashMap<>();
    private volatile boolean validating;
    private volatile @Nullable Rewrite rewrite;
    private volatile @Nullable WireRewrite wireRewrite;

    private record FaultKey(Name name, int type) {
    }

    /** Changes replies before they are sent. It may change the message it is given. */
    @FunctionalInterface
    public interface Rewrite {
        /**
         * The reply to send.
         *
         * @return null for none
         */
        @Nullable Message rewrite(Message query, Message reply, Transport transport);
    }

    /** Changes the octets of replies. */
    @FunctionalInterface
    public interface WireRewrite {
        /** Messages to send, in this order: none, one or several. */
        List<byte[]> rewrite(Message query, byte[] reply, Transport transport);
    }

    SignedDns(SignedWorld world, InetAddress address, int port) {
        this.world = world;
        this.server = new LoopbackServer(address, port, this::handle);
    }

    /** An empty world: the root zone alone, signed. */
    public static SignedWorld world() {
        return new SignedWorld();
    }

    /** The world this server serves. */
    public SignedWorld served() {
        return world;
    }

    /** A zone of the world, for changes while the server runs. */
    public SignedZone zone(String name) {
        return world.zone(name);
    }

    /** The port, the same for UDP and TCP. */
    public int port() {
        return address().getPort();
    }

    /** Address and port. */
    public InetSocketAddress address() {
        return server.address();
    }

    /** The DS records of the root, one a line, in presentation form. */
    public String trustAnchor() {
        return String.join("\n", world.trustAnchors());
    }

    /**
     * From now on the server behaves as a validating resolver: it sets AD where the answer is secure and the question has DO or
     * AD, and says SERVFAIL where it is bogus and the question has no CD. It knows by how the world was set up; it does not verify.
     */
    public SignedDns validating(boolean on) {
        validating = on;
        return this;
    }

    /**
     * From now on this goes wrong when the name is asked for the type.
     *
     * @param type a mnemonic; {@code ANY} stands for all types for which nothing else is said
     */
    public SignedDns fault(String name, String type, Fault fault) {
        faults.put(new FaultKey(Records.name(name), Records.type(type)), fault);
        return this;
    }

    /** From now on nothing goes wrong and nothing is rewritten. */
    public SignedDns heal() {
        faults.clear();
        rewrite = null;
        wireRewrite = null;
        return this;
    }

    /** From now on all replies go through this, faults included. */
    public SignedDns rewrite(Rewrite change) {
        rewrite = change;
        return this;
    }

    /** From now on the octets of all replies go through this. */
    public SignedDns rewriteWire(WireRewrite change) {
        wireRewrite = change;
        return this;
    }

    /** The questions so far, in the order they came. */
    public List<Question> questions() {
        return List.copyOf(questions);
    }

    /** Forgets the questions so far. */
    public SignedDns forgetQuestions() {
        questions.clear();
        return this;
    }

    private void handle(byte[] octets, Transport transport, Consumer<byte[]> send) {
        Message query;
        try {
            query = new Message(octets);
        } catch (IOException e) {
            // No DNS message: nothing to reply to.
            return;
        }
        if (query.getHeader().getFlag(Flags.QR)) {
            return;
        }
        OPTRecord edns = query.getOPT();
        Record question = query.getQuestion();
        Fault fault = null;
        if (question != null) {
            questions.add(new Question(text(question.getName()), Type.string(question.getType()), transport,
                edns != null && (edns.getFlags() & ExtendedFlags.DO) != 0, query.getHeader().getFlag(Flags.CD)));
            fault = faultFor(question, transport);
        }
        if (fault != null && fault.isSilent()) {
            return;
        }
        Message reply = new Answers(world, validating).reply(query);
        Duration delay = Duration.ZERO;
        if (fault != null) {
            reply = apply(fault, reply, transport);
            delay = fault.delay();
        }
        Rewrite change = rewrite;
        Message changed = change == null ? reply : change.rewrite(query, reply, transport);
        if (changed == null) {
            return;
        }
        byte[] wire = changed.toWire(payload(edns, transport));
        WireRewrite wireChange = wireRewrite;
        List<byte[]> messages = wireChange == null ? List.of(wire) : wireChange.rewrite(query, wire, transport);
        if (delay.isZero()) {
            messages.forEach(send);
        } else {
            server.later(delay, () -> messages.forEach(send));
        }
    }

    private @Nullable Fault faultFor(Record question, Transport transport) {
        Fault fault = faults.get(new FaultKey(question.getName(), question.getType()));
        if (fault == null) {
            fault = faults.get(new FaultKey(question.getName(), Type.ANY));
        }
        return fault != null && fault.strikes(transport) ? fault : null;
    }

    private static Message apply(Fault fault, Message reply, Transport transport) {
        boolean cut = fault.isTruncated() && transport == Transport.UDP;
        if (cut || fault.isEmpty()) {
            reply.removeAllRecords(Section.ANSWER);
            reply.removeAllRecords(Section.AUTHORITY);
        }
        if (cut) {
            reply.getHeader().setFlag(Flags.TC);
        }
        if (fault.rcode() >= 0) {
            reply.getHeader().setRcode(fault.rcode());
        }
        ExtendedErrorCodeOption error = fault.extendedError();
        OPTRecord edns = reply.getOPT();
        if (error != null && edns != null) {
            reply.removeRecord(edns, Section.ADDITIONAL);
            reply.addRecord(new OPTRecord(edns.getPayloadSize(), 0, 0, edns.getFlags(), error), Section.ADDITIONAL);
        }
        return reply;
    }

    private static int payload(@Nullable OPTRecord edns, Transport transport) {
        if (transport == Transport.TCP) {
            return MAX_TCP_PAYLOAD;
        }
        return edns == null ? PLAIN_UDP_PAYLOAD : Math.min(MAX_UDP_PAYLOAD, Math.max(PLAIN_UDP_PAYLOAD, edns.getPayloadSize()));
    }

    private static String text(Name name) {
        return (name.equals(Name.root) ? "." : name.toString(true)).toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        server.close();
    }
}
