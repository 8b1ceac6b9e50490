/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Scanner;

import org.jamesdane.dns.DomainName;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.tls.TlsSettings;

/** Heap that an idle connection under TLS takes, after a mail was sent over it. The other side is a process of its own. */
public final class IdleConnectionsBenchmark {
    private static final int ADDRESSES = 50;
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private IdleConnectionsBenchmark() {
    }

    /**
     * Measures, or serves.
     *
     * @param args the number of connections; or {@code serve}
     */
    public static void main(String[] args) throws IOException, SmtpException {
        if (args.length > 0 && args[0].equals("serve")) {
            serve();
            return;
        }
        int connections = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
        Process server = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xss256k", "-cp",
            System.getProperty("java.class.path"), IdleConnectionsBenchmark.class.getName(), "serve")
            .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (Scanner answers = new Scanner(server.getInputStream(), StandardCharsets.US_ASCII)) {
            measure(connections, answers.nextInt());
        } finally {
            server.destroy();
        }
    }

    private static void serve() throws IOException {
        List<ScriptedSmtpServer> servers = new ArrayList<>();
        for (int i = 0; i < ADDRESSES; i++) {
            servers.add(ScriptedSmtpServer.builder().address("127.81.0." + (i + 1)).port(servers.isEmpty() ? 0 : servers.get(0).port())
                .tls(TestPki.selfSigned("mx.example").issue().serverContext()).extensions("PIPELINING").countOnly().start());
        }
        OUT.println(servers.get(0).port());
        // Until the one who started it ends it.
        if (System.in.read() < 0) {
            servers.forEach(ScriptedSmtpServer::close);
        }
    }

    private static void measure(int connections, int port) throws IOException, SmtpException {
        try (SocketSmtpConnector connector = new SocketSmtpConnector();
                ConnectionPool pool = new ConnectionPool(connector, new ConnectionPool.Limits(100, Duration.ofMinutes(10),
                    Duration.ofMinutes(10), connections, connections), InstantSource.system())) {
            use(pool, 50, port);
            long before = heap();
            int idleBefore = pool.idle();
            use(pool, connections - idleBefore, port);
            long perConnection = (heap() - before) / (pool.idle() - idleBefore);
            OUT.println("Java " + Runtime.version() + ": " + pool.idle() + " idle connections under TLS, " + perConnection
                + " octets of heap each");
        }
    }

    /** All are opened before the first is given back, so that none is used twice. */
    private static void use(ConnectionPool pool, int connections, int port) throws IOException, SmtpException {
        List<PooledConnection> opened = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            SmtpEndpoint endpoint = new SmtpEndpoint(new InetSocketAddress(InetAddress.getByName("127.81.0." + (i % ADDRESSES + 1)), port),
                Optional.empty(), "client.example", false, TlsSettings.forServer(DomainName.of("mx.example")));
            ConnectionKey key = new ConnectionKey(endpoint, ConnectionKey.TlsUse.ALWAYS, Optional.empty(), Timeouts.defaults());
            PooledConnection connection = pool.lend(key, pool.open(endpoint, HeloFallback.NEVER, Timeouts.defaults()));
            connection.connection().startTls();
            Client.send(connection.connection(), Client.ANNA);
            connection.keep();
            opened.add(connection);
        }
        opened.forEach(PooledConnection::close);
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
