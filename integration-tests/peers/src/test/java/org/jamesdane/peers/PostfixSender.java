/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jamesdane.testing.peers.PostfixInstance;
import org.jamesdane.testing.peers.RunDirectory;
import org.jamesdane.testing.peers.Waiting;

/** Postfix with DANE on, asking a validating resolver: the referee. */
final class PostfixSender implements MailSender {
    private static final String ADDRESS = "127.25.4.1";
    private static final int PORT = 25;
    private static final Pattern CONNECTION = Pattern.compile(
        "(Verified|Trusted|Untrusted|Anonymous) TLS connection established to (\\S+:25)[: ]");

    private final PostfixInstance postfix = new PostfixInstance();

    PostfixSender(String resolver, boolean ipv6) {
        // The C library keeps the resolver's AD bit only if it is told to trust it.
        postfix.run().chroot().write("etc/resolv.conf", "nameserver " + resolver + "\noptions trust-ad edns0\n");
        // Whatever address it counts as its own it would not send to; what it listens on is in master.cf.
        postfix.start("""
            myhostname = postfix.sender.example
            inet_protocols = %s
            inet_interfaces = 127.0.0.1
            smtp_dns_support_level = dnssec
            smtp_tls_security_level = dane
            smtp_tls_loglevel = 1
            smtp_host_lookup = dns
            smtp_connection_cache_on_demand = no
            """.formatted(ipv6 ? "all" : "ipv4"), ADDRESS + ":25 inet n - n - - smtpd\n");
        Waiting.forListener(ADDRESS, PORT, postfix::log);
    }

    @Override
    public String name() {
        return "postfix";
    }

    @Override
    public InetSocketAddress submission() {
        return new InetSocketAddress(ADDRESS, PORT);
    }

    @Override
    public Verdict verdict(Destination destination) {
        List<String> lines = postfix.log().lines().toList();
        Pattern result = Pattern.compile("to=<" + Pattern.quote(destination.recipient()) + ">, .*relay=(\\S+), .*status=(\\w+) \\((.*)\\)");
        for (String line : lines) {
            Matcher found = result.matcher(line);
            if (found.find()) {
                return switch (found.group(2)) {
                    case "sent" -> new Verdict(security(lines, line, found.group(1)), found.group(1));
                    case "deferred" -> new Verdict(Verdict.Word.DEFERRED, found.group(3));
                    default -> new Verdict(Verdict.Word.BOUNCED, found.group(3));
                };
            }
        }
        return Verdict.NOTHING;
    }

    /** The connection of a delivery is the last one that the same process has made to the same host before. */
    private static Verdict.Word security(List<String> lines, String delivery, String relay) {
        Matcher process = Pattern.compile("smtp\\[\\d+\\]").matcher(delivery);
        String maker = process.find() ? process.group() : "";
        Verdict.Word word = Verdict.Word.CLEAR;
        for (String line : lines.subList(0, lines.indexOf(delivery))) {
            Matcher connection = CONNECTION.matcher(line);
            if (line.contains(maker) && connection.find() && connection.group(2).equals(relay)) {
                word = word(connection.group(1));
            }
        }
        return word;
    }

    private static Verdict.Word word(String trust) {
        return switch (trust) {
            case "Verified" -> Verdict.Word.VERIFIED;
            // Without authorities of its own, Postfix says this of hosts with secure records below an insecure MX only.
            case "Trusted" -> Verdict.Word.HOST_AUTHENTICATED;
            default -> Verdict.Word.ENCRYPTED;
        };
    }

    /** Verdict of posttls-finger on a destination: its trust in the connection, or its last words. */
    String finger(Destination destination) {
        RunDirectory.Finished finger = postfix.run().run(Map.of("MAIL_CONFIG", postfix.run().inside("conf")), "posttls-finger", "-c", "-l",
            "dane", destination.domain());
        String last = "";
        for (String line : finger.output().lines().toList()) {
            Matcher connection = CONNECTION.matcher(line);
            if (connection.find()) {
                return connection.group(1);
            }
            last = line.isBlank() ? last : line.replaceFirst("^posttls-finger: ", "");
        }
        return last;
    }

    @Override
    public String log() {
        return postfix.log();
    }

    @Override
    public void close() {
        postfix.close();
    }
}
