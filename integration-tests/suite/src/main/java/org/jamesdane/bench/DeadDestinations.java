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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import org.jamesdane.testing.dns.Fault;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SignedZone;

/** Signed domains that take no mail, each kind in its own way. */
final class DeadDestinations implements AutoCloseable {
    /** More than anyone opens at once, so that each connection comes about. */
    private static final int BACKLOG = 1000;
    private static final int OCTET_MILLIS = 1000;
    /** Domains of one mail. */
    private static final int FAN_OUT = 60;

    /** Way in which a destination is dead. */
    enum Kind {
        /** Accepts connections and never says a word. */
        STALLS("127.82.1.1"),
        /** Refuses connections. */
        REFUSES("127.82.1.2"),
        /** Says everything there is to say, one octet a second. */
        TARPITS("127.82.1.3"),
        /** The DNS does not answer what its mail hosts are. */
        UNANSWERED("127.82.1.4"),
        /** Names one silent host as the MX of each domain that one mail goes to. */
        WILDCARD("127.82.1.1");

        private final String address;

        Kind(String address) {
            this.address = address;
        }

        /** The domain of that number that is dead in this way. */
        String domain(int number) {
            return name().toLowerCase(Locale.ROOT) + number + ".example";
        }

        /** The domains of the recipients of one mail to the dead ones. */
        List<String> recipientDomains(int number) {
            return this == WILDCARD
                ? IntStream.range(0, FAN_OUT).mapToObj(each -> "w" + each + "." + domain(number)).toList() : List.of(domain(number));
        }

        /** Mails to the dead ones, of which so many are asked for. */
        int mails(int wanted) {
            return this == WILDCARD ? 1 : wanted;
        }

        /** Settings of dane.properties under which this kind shows. */
        Map<String, String> settings() {
            return this == WILDCARD ? Map.of("smtp.concurrency", "20") : Map.of();
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
                SignedZone zone = world.zone(kind.domain(i)).mx(10, "mx." + kind.domain(i)).a("mx", kind.address);
                if (kind == Kind.WILDCARD) {
                    for (int each = 0; each < FAN_OUT; each++) {
                        zone.mx("w" + each, 10, "mx." + kind.domain(i));
                    }
                }
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
