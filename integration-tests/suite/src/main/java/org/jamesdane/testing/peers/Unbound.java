/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.peers;

import java.util.List;

import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/** Unbound, on the loopback interface. */
public final class Unbound implements AutoCloseable {
    private final RunDirectory run = Chroot.of("dns").directory("unbound");
    private final String address;

    private final ProcessHandle process;

    private Unbound(String address, List<String> trustAnchors, String root, String forwarding) {
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
            """.formatted(run.inside(""), address, trustAnchors.isEmpty() ? "iterator" : "validator iterator"));
        trustAnchors.forEach(anchor -> configuration.append("  trust-anchor: \"").append(anchor.replaceAll("\\s+", " ")).append("\"\n"));
        configuration.append("remote-control:\n  control-enable: no\n").append(forwarding);
        run.write("unbound.conf", configuration.toString())
            .write("hints", ". 300 NS ns.\nns. 300 A " + root + "\n")
            .give(run.chroot().user("unbound"));
        process = run.start("unbound", "-d", "-c", run.inside("unbound.conf"));
        List<?> ignored = Asking.patiently(address, Name.root, Type.NS, run::output);
    }

    /**
     * Starts a recursive resolver, and waits until it answers.
     *
     * @param root the address of the root's name server, at port 53
     * @param trustAnchors DS or DNSKEY records; with none it does not validate
     */
    public static Unbound recursive(String address, String root, List<String> trustAnchors) {
        return new Unbound(address, trustAnchors, root, "");
    }

    /**
     * Starts a resolver that asks another resolver, and waits until the first answers.
     *
     * @param upstream the address of the other, at port 53
     * @param trustAnchors DS or DNSKEY records; with none it does not validate
     */
    public static Unbound forwarding(String address, String upstream, List<String> trustAnchors) {
        return new Unbound(address, trustAnchors, upstream, "forward-zone:\n  name: \".\"\n  forward-addr: " + upstream + "\n");
    }

    /** Address at which the resolver answers, at port 53. */
    public String address() {
        return address;
    }

    /** Process of the resolver. */
    public ProcessHandle process() {
        return process;
    }

    @Override
    public void close() {
        run.close();
    }
}
