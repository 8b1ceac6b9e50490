/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jamesdane.testing.peers.Unbound;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.Transaction;

/** All peers of a world, running. */
final class Peers implements AutoCloseable {
    /** Address at which Unbound validates. */
    static final String VALIDATING = "127.53.8.1";
    /** Address at which Unbound passes on what it gets. */
    static final String FORWARDING = "127.53.8.2";

    private final List<AutoCloseable> running = new ArrayList<>();
    private final ScriptedSmtpServer sink;
    private final DnsTree dns;

    Peers(World world) {
        try {
            sink = started(ScriptedSmtpServer.builder().address("127.25.9.1").extensions("PIPELINING", "8BITMIME", "SIZE 1000000").start());
            started(new Receivers(world.listeners(), sink.address()));
            dns = started(new DnsTree(world.zones()));
            started(Unbound.recursive(VALIDATING, dns.root(), dns.trustAnchors()));
            started(Unbound.recursive(FORWARDING, dns.root(), List.of()));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Tests if this system, or the namespace of this process, has the IPv6 addresses of the mail hosts. */
    static boolean hasIpv6() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("fd25::1"))) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    DnsTree dns() {
        return dns;
    }

    JamesSender james(String name, String resolver, Path directory) {
        return started(new JamesSender(name, resolver, dns.trustAnchors(), directory));
    }

    PostfixSender postfix(boolean ipv6) {
        return started(new PostfixSender(VALIDATING, ipv6));
    }

    /** The messages that have arrived, by their mark: the topmost Received field tells who took them. */
    Map<String, String> arrived() {
        Map<String, String> messages = new LinkedHashMap<>();
        for (Transaction transaction : sink.messages()) {
            transaction.content().ifPresent(content -> {
                String text = new String(content.message(), StandardCharsets.ISO_8859_1);
                String field = MailSender.MARK + ": ";
                text.lines().filter(line -> line.startsWith(field)).map(line -> line.substring(field.length()))
                    .forEach(mark -> messages.merge(mark, text, (one, other) -> one + "\nTWICE\n" + other));
            });
        }
        return messages;
    }

    private <T extends AutoCloseable> T started(T server) {
        running.add(server);
        return server;
    }

    @Override
    public void close() {
        Closing.all(running);
    }
}
