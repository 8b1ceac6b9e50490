/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** An Unbound that validates what it asks another server for, on as many threads as there are processors. */
final class UnboundForwarder implements AutoCloseable {
    private final Process unbound;
    private final InetSocketAddress address = UnboundOverNsd.free();

    /** @param directory for the program, its configuration and its log */
    UnboundForwarder(InetSocketAddress upstream, List<String> anchors, Path directory) {
        this(upstream, directory, anchors.stream().map(anchor -> "trust-anchor: \"" + anchor + "\"").toList());
    }

    /** @param settings lines for the server */
    UnboundForwarder(InetSocketAddress upstream, Path directory, List<String> settings) {
        DebianPackages programs = DebianPackages.in(directory, UnboundOverNsd.PACKAGES);
        try {
            Path conf = directory.resolve("forwarder.conf");
            Files.writeString(conf, conf(upstream, settings));
            unbound = programs.start(directory.resolve("forwarder.log"), "usr/sbin/unbound", "-d", "-p", "-c", conf.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            UnboundOverNsd.awaitAnswer(address);
        } catch (UncheckedIOException e) {
            unbound.destroy();
            throw e;
        }
    }

    private String conf(InetSocketAddress upstream, List<String> settings) {
        StringBuilder conf = new StringBuilder(String.format("""
            server:
              interface: %s
              port: %d
              directory: ""
              chroot: ""
              username: ""
              pidfile: ""
              use-syslog: no
              verbosity: 0
              num-threads: %d
              so-reuseport: yes
              msg-cache-size: 64m
              rrset-cache-size: 128m
              key-cache-size: 32m
              access-control: 127.0.0.0/8 allow
              do-not-query-localhost: no
              module-config: "validator iterator"
            """, address.getAddress().getHostAddress(), address.getPort(), Runtime.getRuntime().availableProcessors()));
        settings.forEach(setting -> conf.append("  ").append(setting).append("\n"));
        return conf.append(String.format("""
            remote-control:
              control-enable: no
            forward-zone:
              name: "."
              forward-addr: %s@%d
            """, upstream.getAddress().getHostAddress(), upstream.getPort())).toString();
    }

    InetSocketAddress address() {
        return address;
    }

    long cpuNanos() {
        return unbound.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }

    @Override
    public void close() {
        unbound.destroy();
        unbound.onExit().join();
    }
}
