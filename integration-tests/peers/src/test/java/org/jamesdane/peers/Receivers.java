/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jamesdane.testing.peers.Chroot;
import org.jamesdane.testing.peers.PostfixInstance;
import org.jamesdane.testing.peers.RunDirectory;
import org.jamesdane.testing.peers.Waiting;
import org.jamesdane.testing.pki.Credential;

/**
 * The mail hosts: one Postfix, one Exim and one OpenSMTPD, each with many addresses and a certificate for each. Whatever they take they
 * hand on to one sink.
 */
final class Receivers implements AutoCloseable {
    private static final int PORT = 25;

    private final List<AutoCloseable> running = new ArrayList<>();

    Receivers(List<Listener> listeners, InetSocketAddress sink) {
        running.add(postfix(of(Listener.Software.POSTFIX, listeners), sink));
        running.add(exim(of(Listener.Software.EXIM, listeners), sink));
        running.add(openSmtpd(of(Listener.Software.OPENSMTPD, listeners), sink));
        for (Listener listener : listeners) {
            Waiting.forListener(listener.address(), PORT, () -> "see the output of " + listener.software());
        }
    }

    private static List<Listener> of(Listener.Software software, List<Listener> listeners) {
        return listeners.stream().filter(listener -> listener.software() == software).toList();
    }

    private static AutoCloseable postfix(List<Listener> listeners, InetSocketAddress sink) {
        PostfixInstance postfix = new PostfixInstance();
        StringBuilder services = new StringBuilder();
        int number = 0;
        for (Listener listener : listeners) {
            String address = listener.address().contains(":") ? "[" + listener.address() + "]" : listener.address();
            services.append(address).append(":25 inet n - n - - smtpd");
            if (listener.credential().isPresent()) {
                number++;
                String file = "key-and-chain-" + number + ".pem";
                Credential credential = listener.credential().get();
                postfix.run().writeSecret(file, Pem.key(credential) + Pem.chain(credential));
                services.append(" -o smtpd_tls_security_level=may -o smtpd_tls_chain_files=").append(postfix.run().inside(file));
            }
            services.append('\n');
        }
        postfix.start("""
            myhostname = %s
            default_transport = smtp:[%s]:%d
            relay_transport = $default_transport
            smtp_tls_security_level = none
            """.formatted(Listener.Software.POSTFIX.hostName(), sink.getAddress().getHostAddress(), sink.getPort()), services.toString());
        return postfix;
    }

    private static AutoCloseable exim(List<Listener> listeners, InetSocketAddress sink) {
        RunDirectory run = Chroot.of("exim").directory("exim");
        run.directories("rwxr-x---", "spool", "log", "tls");
        for (Listener listener : listeners) {
            listener.credential().ifPresent(credential -> run.writeSecret("tls/" + listener.address().replace(':', '_') + ".pem",
                Pem.key(credential) + Pem.chain(credential)));
        }
        run.give(run.chroot().user("Debian-exim"));
        String addresses = String.join(" ; ", listeners.stream().map(Listener::address).toList());
        run.write("exim.conf", """
            primary_hostname = %2$s
            spool_directory = %1$s/spool
            log_file_path = %1$s/log/%%slog
            pid_file_path = %1$s/spool/pid
            local_interfaces = <; %3$s
            daemon_smtp_ports = 25
            keep_environment =
            KEY_AND_CHAIN = %1$s/tls/${tr{$received_ip_address}{:}{_}}.pem
            tls_advertise_hosts = ${if exists{KEY_AND_CHAIN}{*}{}}
            tls_certificate = KEY_AND_CHAIN
            tls_privatekey = KEY_AND_CHAIN
            acl_smtp_rcpt = take
            acl_smtp_data = take
            host_lookup =
            rfc1413_hosts =
            smtp_accept_max = 0
            begin acl
            take:
              accept
            begin routers
            sink:
              driver = manualroute
              transport = sink
              route_list = * %4$s::%5$d
              self = send
            begin transports
            sink:
              driver = smtp
              hosts_avoid_tls = *
              allow_localhost
            """.formatted(run.inside(""), Listener.Software.EXIM.hostName(), addresses, sink.getAddress().getHostAddress(),
            sink.getPort()));
        run.give(new Chroot.User(0, 0), "exim.conf");
        run.start("exim4", "-bdf", "-q1h", "-C", run.inside("exim.conf"));
        return run;
    }

    private static AutoCloseable openSmtpd(List<Listener> listeners, InetSocketAddress sink) {
        Chroot chroot = Chroot.of("opensmtpd");
        // Its queue has a place built in; what an earlier run left there is not to be sent.
        chroot.emptied("var/spool/smtpd");
        RunDirectory run = chroot.directory("opensmtpd");
        StringBuilder keys = new StringBuilder();
        StringBuilder sockets = new StringBuilder();
        Optional<Credential> any = Optional.empty();
        int number = 0;
        for (Listener listener : listeners) {
            sockets.append("listen on ").append(listener.address()).append(" port 25 ");
            if (listener.credential().isPresent()) {
                number++;
                any = listener.credential();
                String name = "host" + number;
                run.write(name + ".chain", Pem.chain(listener.credential().get()))
                    .writeSecret(name + ".key", Pem.key(listener.credential().get()));
                keys.append("pki ").append(name).append(" cert \"").append(run.inside(name + ".chain")).append("\"\npki ").append(name)
                    .append(" key \"").append(run.inside(name + ".key")).append("\"\n");
                sockets.append("tls pki ").append(name).append(' ');
            }
            sockets.append("hostname ").append(Listener.Software.OPENSMTPD.hostName()).append('\n');
        }
        // It does not start without a list of public authorities, which it asks nothing here.
        chroot.write("etc/ssl/certs/ca-certificates.crt", any.map(Pem::chain).orElse(""));
        run.write("smtpd.conf", keys.toString() + sockets + "action \"sink\" relay host smtp://" + sink.getAddress().getHostAddress() + ":"
            + sink.getPort() + "\nmatch from any for any action \"sink\"\n");
        run.start("smtpd", "-d", "-f", run.inside("smtpd.conf"));
        return run;
    }

    @Override
    public void close() {
        Closing.all(running);
    }
}
