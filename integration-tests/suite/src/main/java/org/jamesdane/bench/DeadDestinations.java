/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.jamesdane.testing.dns.Fault;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;

/** Signed domains that take no mail, each kind in its own way. */
final class DeadDestinations implements AutoCloseable {
    /** More than anyone opens at once, so that each connection comes about. */
    private static final int BACKLOG = 1000;
    private static final int OCTET_MILLIS = 1000;

    /** Way in which a destination is dead. */
    enum Kind {
        /** Accepts connections and never says a word. */
        STALLS("127.82.1.1"),
        /** Refuses connections. */
        REFUSES("127.82.1.2"),
        /** Says everything there is to say, one octet a second. */
        TARPITS("127.82.1.3"),
        /** The DNS does not answer what its mail hosts are. */
        UNANSWERED("127.82.1.4");

        private final String address;

        Kind(String address) {
            this.address = address;
        }

        /** The domain of that number that is dead in this way. */
        String domain(int number) {
            return name().toLowerCase(Locale.ROOT) + number + ".example";
        }
    }

    private final ServerSocket silent;
    private final ServerSocket tarpit;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "tarpit");
        thread.setDaemon(true);
        return thread;
    });

    DeadDestinations(int port) throws IOException {
        silent = new ServerSocket(port, BACKLOG, InetAddress.getByName(Kind.STALLS.address));
        tarpit = new ServerSocket(port, BACKLOG, InetAddress.getByName(Kind.TARPITS.address));
        threads.execute(() -> {
            while (!tarpit.isClosed()) {
                try {
                    Socket socket = tarpit.accept();
                    threads.execute(() -> drip(socket));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    /** Adds so many domains of each kind. */
    void addTo(SignedWorld world, int number) {
        for (Kind kind : Kind.values()) {
            for (int i = 0; i < number; i++) {
                world.zone(kind.domain(i)).mx(10, "mx." + kind.domain(i)).a("mx", kind.address);
            }
        }
    }

    /** Lets the DNS no longer answer for those that are dead in that way. */
    static void silence(SignedDns dns, int number) {
        for (int i = 0; i < number; i++) {
            dns.fault(Kind.UNANSWERED.domain(i), "MX", Fault.silent());
        }
    }

    /** A greeting of many lines. */
    private static void drip(Socket socket) {
        byte[] line = "220-Please be patient, we are very busy.\r\n".getBytes(StandardCharsets.US_ASCII);
        try (socket; OutputStream out = socket.getOutputStream()) {
            for (int i = 0;; i = (i + 1) % line.length) {
                out.write(line[i]);
                Thread.sleep(OCTET_MILLIS);
            }
        } catch (IOException e) {
            // The sender has lost its patience, as it should.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        silent.close();
        tarpit.close();
        threads.shutdownNow();
    }
}
