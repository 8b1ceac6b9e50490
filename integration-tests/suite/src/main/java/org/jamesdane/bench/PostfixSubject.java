/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jamesdane.testing.peers.PostfixInstance;
import org.jamesdane.testing.peers.Unbound;
import org.jamesdane.testing.peers.Waiting;

/** Postfix with DANE, and the resolver that validates for it; its gate is the queue manager, which is stopped and goes on. */
final class PostfixSubject implements Subject {
    private static final int PORT = 25;
    private static final Pattern CONNECTION = Pattern.compile(" (\\w+) TLS connection established to ");

    private final String name;
    private final String address;
    private final PostfixInstance postfix = new PostfixInstance();
    private final ProcessFamily processes;
    private final ProcessFamily resolver;
    private long peakMemory;

    /**
     * Starts it.
     *
     * @param reuse whether it sends several mails over one TLS connection
     * @param parameters further lines for main.cf
     */
    PostfixSubject(String name, String address, boolean reuse, Unbound resolver, String parameters) {
        this.name = name;
        this.address = address;
        this.resolver = new ProcessFamily(resolver.process());
        // The C library keeps the resolver's AD bit only if it is told to trust it.
        postfix.run().chroot().write("etc/resolv.conf", "nameserver " + resolver.address() + "\noptions trust-ad edns0\n");
        processes = new ProcessFamily(postfix.start("""
            myhostname = %s.bench.example
            inet_protocols = ipv4
            inet_interfaces = 127.0.0.1
            smtpd_peername_lookup = no
            smtp_host_lookup = dns
            smtp_dns_support_level = dnssec
            smtp_tls_security_level = dane
            smtp_tls_connection_reuse = %s
            smtp_tls_loglevel = 1
            smtp_tls_session_cache_database = btree:$data_directory/smtp_scache
            in_flow_delay = 0
            """.formatted(name, reuse ? "yes" : "no") + parameters, address + ":" + PORT + " inet n - n - - smtpd\n"));
        Waiting.forListener(address, PORT, postfix::log);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public InetSocketAddress smtp() {
        return new InetSocketAddress(address, PORT);
    }

    @Override
    public void closeGate() {
        signal("STOP");
    }

    @Override
    public void openGate() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            long queueManager = processes.member("qmgr").pid();
            if (new ProcessBuilder("kill", "-" + signal, String.valueOf(queueManager)).inheritIO().start().waitFor() != 0) {
                throw new IllegalStateException("The queue manager of " + name + " can't be reached");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public long queued() {
        try (Stream<Path> files = Files.list(postfix.run().outside("queue/incoming"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The resolver's included: the others validate for themselves. */
    @Override
    public Duration cpu() {
        peakMemory = Math.max(peakMemory, processes.memory() + resolver.memory());
        return processes.cpu().plus(resolver.cpu());
    }

    @Override
    public long peakMemory() {
        return peakMemory;
    }

    @Override
    public String security() {
        Map<String, Integer> connections = new TreeMap<>();
        List<String> problems = postfix.log().lines().filter(line -> line.contains("warning:") || line.contains("fatal:")).toList();
        postfix.log().lines().map(CONNECTION::matcher).filter(Matcher::find)
            .forEach(found -> connections.merge(found.group(1), 1, Integer::sum));
        return "connections " + connections
            + (problems.isEmpty() ? "" : ", " + problems.size() + " warnings, the first: " + problems.get(0));
    }

    @Override
    public void close() {
        postfix.close();
    }
}
