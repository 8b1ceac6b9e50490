/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.util.List;

import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/** Unbound as a recursive resolver below the tree's root. */
final class Unbound implements AutoCloseable {
    private final RunDirectory run = Chroot.of("dns").directory("unbound");
    private final String address;

    /**
     * Starts it and waits until it answers.
     *
     * @param validates whether it validates; else it passes everything on
     */
    Unbound(String address, DnsTree tree, boolean validates) {
        this.address = address;
        StringBuilder configuration = new StringBuilder("""
            server:
              interface: %2$s
              port: 53
              access-control: 127.0.0.0/8 allow
              username: unbound
              directory: "%1$s"
              chroot: ""
              pidfile: "%1$s/pid"
              do-daemonize: no
              use-syslog: no
              num-threads: 1
              do-not-query-localhost: no
              do-ip6: no
              root-hints: "%1$s/hints"
              local-zone: "test." nodefault
              trust-anchor-signaling: no
              module-config: "%3$s"
              val-log-level: 2
              ede: yes
            """.formatted(run.inside(""), address, validates ? "validator iterator" : "iterator"));
        if (validates) {
            for (String anchor : tree.trustAnchors()) {
                configuration.append("  trust-anchor: \"").append(anchor.replaceAll("\\s+", " ")).append("\"\n");
            }
        }
        configuration.append("remote-control:\n  control-enable: no\n");
        run.write("unbound.conf", configuration.toString())
            .write("hints", ". 300 NS ns.\nns. 300 A " + tree.root() + "\n")
            .give(run.chroot().user("unbound"));
        run.start("unbound", "-d", "-c", run.inside("unbound.conf"));
        List<?> ignored = Asking.patiently(address, Name.root, Type.NS, run::output);
    }

    String address() {
        return address;
    }

    @Override
    public void close() {
        run.close();
    }
}
