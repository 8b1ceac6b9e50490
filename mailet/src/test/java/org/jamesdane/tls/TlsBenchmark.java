/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

import com.sun.management.ThreadMXBean;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.KeyKind;
import org.jamesdane.testing.pki.TestPki;

/**
 * Processor time and allocation of a client's thread, with our TLS and with the Java platform's by turns, against one server of the
 * platform. Time of the thread is what a machine with other work disturbs least.
 */
public final class TlsBenchmark {
    private static final PrintStream OUT = System.out;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Handshakes of each before the first round. */
    private static final int HANDSHAKES_FIRST = 1_500;
    /** Messages of each before the first round: the platform's ciphers are slow by a multiple until they are compiled. */
    private static final int MESSAGES_FIRST = 6_000;
    /** Octets of one message, without those of its end. */
    private static final int MESSAGE = 100 * 1024;
    private static final int BLOCK = 16 * 1024;
    private static final X509TrustManager ANYBODY = new X509TrustManager() {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            throw new IllegalStateException("no server here");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            // The comparison is of the handshake alone.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    };

    /** Streams under TLS, over a plain connection. */
    private record Secured(InputStream in, OutputStream out) {
    }

    private interface Client {
        Secured handshake(Socket plain) throws IOException, GeneralSecurityException;
    }

    /** Costs of one unit of work. */
    private record Cost(double micros, double octets) {
    }

    private interface Work {
        void run() throws IOException, GeneralSecurityException;
    }

    /** Some units of work in a row. */
    private interface Units {
        Cost run(Client client, int port, int units) throws IOException, GeneralSecurityException;
    }

    private TlsBenchmark() {
    }

    /**
     * Prints the comparisons.
     *
     * @param args rounds (9 if absent), units in a round (150), and what the names of the comparisons contain (nothing: all)
     */
    public static void main(String[] args) throws IOException, GeneralSecurityException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 9;
        int units = args.length > 1 ? Integer.parseInt(args[1]) : 150;
        String only = args.length > 2 ? args[2] : "";
        OUT.println("Java " + Runtime.version() + ", medians of " + rounds + " rounds of " + units);
        for (KeyKind kind : new KeyKind[] {KeyKind.P_256, KeyKind.RSA_2048, KeyKind.ED25519}) {
            for (TlsProtocol protocol : TlsProtocol.values()) {
                String what = "handshake " + kind + ", " + protocol;
                if (what.contains(only)) {
                    compare(what, kind, protocol, HANDSHAKES_FIRST, rounds, units, TlsBenchmark::handshakes);
                }
            }
        }
        for (TlsProtocol protocol : TlsProtocol.values()) {
            String what = "100 KB, " + protocol;
            if (what.contains(only)) {
                compare(what, KeyKind.P_256, protocol, MESSAGES_FIRST, rounds, units, TlsBenchmark::messages);
            }
        }
    }

    private static void compare(String what, KeyKind kind, TlsProtocol protocol, int first, int rounds, int units, Units work)
            throws IOException, GeneralSecurityException {
        Credential credential = TestPki.authority("Benchmark CA").leaf("mx.example").key(kind).issue();
        try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getByName("127.81.1.1"))) {
            serve(listening, credential.serverContext(), protocol);
            TlsSettings settings = new TlsSettings(Optional.empty(), TlsOffer.of(Set.of(protocol)), false);
            Client ours = plain -> {
                TlsHandshake.Secured secured = TlsHandshake.perform(plain, settings);
                return new Secured(secured.in(), secured.out());
            };
            Cost[] us = new Cost[rounds];
            Cost[] platform = new Cost[rounds];
            work.run(ours, listening.getLocalPort(), first);
            work.run(platform(protocol), listening.getLocalPort(), first);
            for (int i = 0; i < rounds; i++) {
                us[i] = work.run(ours, listening.getLocalPort(), units);
                platform[i] = work.run(platform(protocol), listening.getLocalPort(), units);
            }
            Cost our = median(us);
            Cost their = median(platform);
            OUT.printf(Locale.ROOT, "%-28s %6.0f us : %6.0f us = %.2f, allocated %4.0f KB : %4.0f KB%n", what, our.micros(), their.micros(),
                our.micros() / their.micros(), our.octets() / 1024, their.octets() / 1024);
        }
    }

    /** A context for each connection, so that no session is resumed. */
    private static Client platform(TlsProtocol protocol) {
        return plain -> {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {ANYBODY}, null);
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "mx.example", 25, true);
            socket.setEnabledProtocols(new String[] {protocol.toString()});
            socket.startHandshake();
            return new Secured(socket.getInputStream(), socket.getOutputStream());
        };
    }

    private static void serve(ServerSocket listening, SSLContext context, TlsProtocol protocol) {
        Thread server = new Thread(() -> {
            byte[] octets = new byte[BLOCK];
            while (!listening.isClosed()) {
                try (Socket plain = listening.accept();
                        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "client.example", 25, true)) {
                    plain.setTcpNoDelay(true);
                    socket.setUseClientMode(false);
                    socket.setEnabledProtocols(new String[] {protocol.toString()});
                    // An octet ends a message, and is answered.
                    for (int read = socket.getInputStream().read(octets); read > 0; read = socket.getInputStream().read(octets)) {
                        if (octets[read - 1] == '.') {
                            socket.getOutputStream().write('.');
                        }
                    }
                } catch (IOException e) {
                    // The other side has gone.
                }
            }
        }, "server");
        server.setDaemon(true);
        server.start();
    }

    /** The costs of some work of this thread, for each of its units. */
    private static Cost cost(int units, Work work) throws IOException, GeneralSecurityException {
        long octets = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        long nanos = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < units; i++) {
            work.run();
        }
        return new Cost((THREADS.getCurrentThreadCpuTime() - nanos) / 1000.0 / units,
            (double) (THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - octets) / units);
    }

    /** Connection on which a record leaves at once, as on those of deliveries. */
    private static Socket connected(int port) throws IOException {
        Socket socket = new Socket("127.81.1.1", port);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static Cost handshakes(Client client, int port, int units) throws IOException, GeneralSecurityException {
        return cost(units, () -> {
            try (Socket plain = connected(port)) {
                Secured secured = client.handshake(plain);
                secured.out().write('.');
                require(secured.in().read());
            }
        });
    }

    /** Messages over one connection, each written in blocks and answered. */
    private static Cost messages(Client client, int port, int units) throws IOException, GeneralSecurityException {
        byte[] block = new byte[BLOCK];
        try (Socket plain = connected(port)) {
            Secured secured = client.handshake(plain);
            return cost(units, () -> {
                for (int sent = 0; sent < MESSAGE; sent += BLOCK) {
                    secured.out().write(block, 0, Math.min(BLOCK, MESSAGE - sent));
                }
                secured.out().write('.');
                require(secured.in().read());
            });
        }
    }

    private static void require(int answer) throws IOException {
        if (answer != '.') {
            throw new IOException("the server answered " + answer);
        }
    }

    private static Cost median(Cost[] costs) {
        return new Cost(Arrays.stream(costs).mapToDouble(Cost::micros).sorted().toArray()[costs.length / 2],
            Arrays.stream(costs).mapToDouble(Cost::octets).sorted().toArray()[costs.length / 2]);
    }
}
