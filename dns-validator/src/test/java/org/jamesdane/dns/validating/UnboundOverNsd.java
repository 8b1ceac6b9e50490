/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import org.jamesdane.testing.dns.SignedWorld;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** A signed world on an NSD of its own, and an Unbound that resolves and validates from there. Both end with {@link #close()}. */
final class UnboundOverNsd implements AutoCloseable {
    static final List<String> PACKAGES = List.of("nsd", "unbound", "libevent-2.1-7", "libfstrm0", "libprotobuf-c1",
        "libnghttp2-14", "libpython3.11", "libexpat1");
    private static final int ATTEMPTS = 100;
    private static final Duration ATTEMPT = Duration.ofMillis(200);
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Process nsd;
    private final Process unbound;
    private final InetSocketAddress address;

    /**
     * Starts both.
     *
     * @param directory for programs, zones, configurations and logs
     */
    UnboundOverNsd(SignedWorld world, Path directory) {
        DebianPackages programs = DebianPackages.in(directory, PACKAGES);
        InetSocketAddress authority = free();
        this.address = free();
        try {
            Path nsdConf = directory.resolve("nsd.conf");
            Files.writeString(nsdConf, nsdConf(world.zoneFiles(), authority, directory));
            this.nsd = programs.start(directory.resolve("nsd.log"), "usr/sbin/nsd", "-d", "-c", nsdConf.toString());
            Path unboundConf = directory.resolve("unbound.conf");
            Files.writeString(unboundConf, unboundConf(world, authority, address));
            this.unbound = programs.start(directory.resolve("unbound.log"), "usr/sbin/unbound", "-d", "-p", "-c", unboundConf.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitAnswer(authority);
        awaitAnswer(address);
    }

    /** A port that is free for UDP and TCP; which of one is free may be taken of the other, so several are tried. */
    static InetSocketAddress free() {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        for (int i = 0;; i++) {
            try (DatagramSocket udp = new DatagramSocket(0, loopback);
                    ServerSocket tcp = new ServerSocket(udp.getLocalPort(), 1, loopback)) {
                return new InetSocketAddress(loopback, tcp.getLocalPort());
            } catch (IOException e) {
                if (i == ATTEMPTS) {
                    throw new UncheckedIOException("No free port", e);
                }
            }
        }
    }

    private static String nsdConf(Map<String, String> zones, InetSocketAddress at, Path directory) throws IOException {
        Path zoneFiles = Files.createDirectories(directory.resolve("zones"));
        StringBuilder conf = new StringBuilder(String.format("""
            server:
              ip-address: %s@%d
              server-count: 1
              username: ""
              chroot: ""
              database: ""
              pidfile: ""
              zonesdir: "%s"
              xfrdfile: "%s"
              zonelistfile: "%s"
            remote-control:
              control-enable: no
            """, at.getAddress().getHostAddress(), at.getPort(), zoneFiles, directory.resolve("xfrd.state"),
            directory.resolve("zone.list")));
        int number = 0;
        for (Map.Entry<String, String> zone : zones.entrySet()) {
            String file = "zone" + number++;
            Files.writeString(zoneFiles.resolve(file), zone.getValue(), StandardCharsets.ISO_8859_1);
            conf.append("zone:\n  name: \"").append(zone.getKey()).append("\"\n  zonefile: \"").append(file).append("\"\n");
        }
        return conf.toString();
    }

    /** Unbound's defaults, except the clock skew, which is as here, and the settings that a world on the loopback interface needs. */
    private static String unboundConf(SignedWorld world, InetSocketAddress authority, InetSocketAddress at) {
        StringBuilder conf = new StringBuilder(String.format("""
            server:
              interface: %s
              port: %d
              directory: ""
              chroot: ""
              username: ""
              pidfile: ""
              use-syslog: no
              verbosity: 1
              val-log-level: 2
              num-threads: 1
              access-control: 127.0.0.0/8 allow
              do-not-query-localhost: no
              module-config: "validator iterator"
              local-zone: "test." nodefault
              qname-minimisation: no
              aggressive-nsec: no
              val-bogus-ttl: 0
              val-sig-skew-min: 300
              val-sig-skew-max: 300
              target-fetch-policy: "0 0 0 0 0"
            """, at.getAddress().getHostAddress(), at.getPort()));
        world.trustAnchors().forEach(anchor -> conf.append("  trust-anchor: \"").append(anchor).append("\"\n"));
        conf.append("remote-control:\n  control-enable: no\n");
        // Each zone: else the NS records of an answer would lead to port 53.
        world.zones().forEach(zone -> conf.append(String.format("""
            stub-zone:
              name: "%s"
              stub-addr: %s@%d
            """, zone, authority.getAddress().getHostAddress(), authority.getPort())));
        return conf.toString();
    }

    static void awaitAnswer(InetSocketAddress server) {
        SimpleResolver client = new SimpleResolver(server);
        client.setTimeout(ATTEMPT);
        long end = System.nanoTime() + START.toNanos();
        while (true) {
            try {
                if (client.send(Message.newQuery(Record.newRecord(Name.root, Type.SOA, DClass.IN))).getRcode() == Rcode.NOERROR) {
                    return;
                }
            } catch (IOException e) {
                // Not yet: nobody listens, and that is said at once, so that attempts alone are no measure of time.
                if (System.nanoTime() - end > 0) {
                    throw new UncheckedIOException("No answer from " + server, e);
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /** Address at which Unbound answers. */
    InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        unbound.destroy();
        nsd.destroy();
        unbound.onExit().join();
        nsd.onExit().join();
    }
}
