/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers.tls;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import org.jamesdane.dane.ConformanceCases;
import org.jamesdane.dane.DnsWorld;
import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.CnameRecord;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.MxRecord;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.Security;
import org.jamesdane.dns.TlsaRecord;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** A resolver that answers from a {@link DnsWorld} as a validating one would, with the AD bit where all of an answer is secure. */
final class WorldDns implements AutoCloseable {
    static final String ADDRESS = "127.53.9.2";
    private static final int PORT = 53;
    private static final int MAX_UDP = 1232;
    private static final int MAX_QUERY = 4096;
    private static final int TTL = 60;
    private static final int MAX_ALIASES = 8;

    private static final Name NAME_SERVER = Name.fromConstantString("ns.example.");

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private volatile DnsWorld world = new DnsWorld(List.of(), ConformanceCases.certificates());

    WorldDns() throws IOException {
        udp = new DatagramSocket(new InetSocketAddress(ADDRESS, PORT));
        tcp = new ServerSocket(PORT, 5, InetAddress.getByName(ADDRESS));
        start("udp", this::serveUdp);
        start("tcp", this::serveTcp);
    }

    private static void start(String name, Runnable loop) {
        Thread thread = new Thread(loop, "dns-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Answers from another world from now on. */
    void show(DnsWorld next) {
        world = next;
    }

    private void serveUdp() {
        DatagramPacket packet = new DatagramPacket(new byte[MAX_QUERY], MAX_QUERY);
        while (!udp.isClosed()) {
            try {
                packet.setLength(MAX_QUERY);
                udp.receive(packet);
                byte[] reply = answer(Arrays.copyOf(packet.getData(), packet.getLength())).toWire(MAX_UDP);
                udp.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
            } catch (IOException e) {
                // Closed, or a query that is none.
            }
        }
    }

    private void serveTcp() {
        while (!tcp.isClosed()) {
            try (Socket socket = tcp.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                byte[] query = new byte[in.readUnsignedShort()];
                in.readFully(query);
                byte[] reply = answer(query).toWire();
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                out.writeShort(reply.length);
                out.write(reply);
                out.flush();
            } catch (IOException e) {
                // Closed, or a query that is none.
            }
        }
    }

    private Message answer(byte[] octets) throws IOException {
        Message query = new Message(octets);
        Record question = Objects.requireNonNull(query.getQuestion());
        Message reply = new Message(query.getHeader().getID());
        reply.getHeader().setFlag(Flags.QR);
        reply.getHeader().setFlag(Flags.RD);
        reply.getHeader().setFlag(Flags.RA);
        reply.addRecord(question, Section.QUESTION);
        Optional<RecordType<? extends DnsRecord>> type = type(question.getType());
        if (type.isPresent()) {
            return filled(reply, question.getName(), type.get());
        }
        if (question.getType() == Type.NS) {
            // Postfix probes whether the resolver validates at all.
            reply.addRecord(new NSRecord(question.getName(), DClass.IN, TTL, NAME_SERVER), Section.ANSWER);
            reply.getHeader().setFlag(Flags.AD);
        }
        return reply;
    }

    private Message filled(Message reply, Name start, RecordType<? extends DnsRecord> type) {
        Name name = start;
        boolean secure = true;
        for (int i = 0; i < MAX_ALIASES; i++) {
            Lookup<? extends DnsRecord> lookup = world.lookup(DomainName.of(name.toString()), type);
            if (lookup instanceof Lookup.Failed) {
                reply.getHeader().setRcode(Rcode.SERVFAIL);
                return reply;
            }
            secure &= lookup.security().orElseThrow() == Security.SECURE;
            if (!(lookup instanceof Lookup.Alias<?> alias)) {
                add(reply, name, lookup);
                break;
            }
            Name target = name(alias.target());
            reply.addRecord(new CNAMERecord(name, DClass.IN, TTL, target), Section.ANSWER);
            name = target;
        }
        if (secure) {
            reply.getHeader().setFlag(Flags.AD);
        }
        return reply;
    }

    private static void add(Message reply, Name name, Lookup<? extends DnsRecord> lookup) {
        if (lookup instanceof Lookup.Found<? extends DnsRecord> found) {
            found.records().forEach(each -> reply.addRecord(record(name, each), Section.ANSWER));
            return;
        }
        reply.getHeader().setRcode(lookup instanceof Lookup.NxDomain ? Rcode.NXDOMAIN : Rcode.NOERROR);
        reply.addRecord(new SOARecord(Name.root, DClass.IN, TTL, Name.root, Name.root, 1, TTL, TTL, TTL, TTL), Section.AUTHORITY);
    }

    private static Record record(Name name, DnsRecord each) {
        if (each instanceof MxRecord mx) {
            return new MXRecord(name, DClass.IN, TTL, mx.preference(), name(mx.exchange()));
        }
        if (each instanceof CnameRecord cname) {
            return new CNAMERecord(name, DClass.IN, TTL, name(cname.target()));
        }
        if (each instanceof TlsaRecord tlsa) {
            return new TLSARecord(name, DClass.IN, TTL, tlsa.usage(), tlsa.selector(), tlsa.matchingType(), tlsa.associationData());
        }
        InetAddress address = ((AddressRecord) each).address();
        return address instanceof Inet4Address
            ? new ARecord(name, DClass.IN, TTL, address) : new AAAARecord(name, DClass.IN, TTL, address);
    }

    private static Optional<RecordType<? extends DnsRecord>> type(int code) {
        return List.<RecordType<? extends DnsRecord>>of(RecordType.A, RecordType.AAAA, RecordType.MX, RecordType.TLSA, RecordType.CNAME)
            .stream().filter(each -> each.code() == code).findFirst();
    }

    private static Name name(DomainName name) {
        try {
            return Name.fromString(name + ".");
        } catch (TextParseException e) {
            throw new IllegalArgumentException(name + " is no domain name", e);
        }
    }

    @Override
    public void close() {
        udp.close();
        try {
            tcp.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
