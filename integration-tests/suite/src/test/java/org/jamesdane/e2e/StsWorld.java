/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.e2e;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.testing.dns.Fault;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SignedZone;
import org.jamesdane.testing.https.PolicyHost;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesSetup;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.Transaction;

/**
 * Domains in unsigned zones, two of which have a policy of MTA-STS, and an attacker who can forge their DNS and block their policy host.
 * The attacker's mail hosts are one with a certificate of its own making, one without TLS, and one with a good certificate and another
 * name.
 */
final class StsWorld implements AutoCloseable {
    /** Domain whose record and policy are withdrawn while James is down. */
    static final String RESTARTED = "restarted.example";
    /** Domain whose id is changed. */
    static final String RENEWED = "renewed.example";
    /** Domain of which nobody knows whether it has a policy. */
    static final String UNKNOWN = "unknown.example";
    private static final String RECORD = "_mta-sts";
    private static final String OTHER_NAME = "mx.attacker.example";
    private static final String LOOPBACK = "127.0.0.0/8";

    private final Authority authority = TestPki.authority("Public CA of a test");
    private final PolicyHost policies = PolicyHost.start("127.78.4.9", authority, RESTARTED, RENEWED);
    private final ScriptedSmtpServer good = ScriptedSmtpServer.builder().address("127.78.4.1")
        .tls(authority.leaf("mx1." + RESTARTED).dnsNames("mx1." + RESTARTED, "mx1." + RENEWED).issue().serverContext()).start();
    private final List<ScriptedSmtpServer> attackers = List.of(
        ScriptedSmtpServer.builder().address("127.78.4.2").port(good.port())
            .tls(TestPki.selfSigned("mx1." + RESTARTED).dnsNames("mx1." + RESTARTED, "mx1." + RENEWED).issue().serverContext()).start(),
        ScriptedSmtpServer.builder().address("127.78.4.3").port(good.port()).start(),
        ScriptedSmtpServer.builder().address("127.78.4.4").port(good.port())
            .tls(authority.leaf(OTHER_NAME).issue().serverContext()).start());
    private final SignedDns dns;

    StsWorld() {
        SignedWorld world = SignedDns.world();
        for (String domain : List.of(RESTARTED, RENEWED)) {
            policies.publish(domain, PolicyHost.policy("enforce", "mx1." + domain, "mx2." + domain));
            zone(world, domain).txt(RECORD, "v=STSv1; id=1;").a("mta-sts", policies.address());
        }
        zone(world, UNKNOWN);
        world.zone("attacker.example").unsigned().a("mx", address(attackers.get(2)));
        dns = world.start();
        dns.fault(RECORD + "." + UNKNOWN, "TXT", Fault.servFail());
    }

    private SignedZone zone(SignedWorld world, String domain) {
        return world.zone(domain).unsigned().mx(10, "mx1." + domain).a("mx1", address(good));
    }

    private static String address(ScriptedSmtpServer server) {
        return server.address().getAddress().getHostAddress();
    }

    JamesSetup setup(JamesConfiguration sample, Path directory) {
        JamesConfiguration configuration = sample.with("anchors", dns.trustAnchor() + "\n")
            .with("authorities.pem", TestPki.pem(authority.certificate()));
        for (Map.Entry<String, String> setting : Map.of("dns.servers", address(dns), "dns.trust-anchors", "file://conf/anchors",
                "smtp.port", String.valueOf(good.port()), "smtp.allowed-special-targets", LOOPBACK,
                "https.port", String.valueOf(policies.port()), "https.allowed-special-targets", LOOPBACK,
                "pki.authorities", "file://conf/authorities.pem").entrySet()) {
            configuration = configuration.edited("dane.properties",
                text -> DemoWorld.set(text, setting.getKey(), setting.getValue()));
        }
        return JamesSetup.of(configuration, directory).withOurExtension();
    }

    private static String address(SignedDns dns) {
        return dns.address().getAddress().getHostAddress() + ":" + dns.port();
    }

    /** Announces another policy of the domain, which nobody can fetch, and leads its mail to the attacker. */
    void renewAndCapture(String domain) {
        dns.zone(domain).remove(RECORD, "TXT").txt(RECORD, "v=STSv1; id=2;");
        capture(domain);
    }

    /** Takes the domain's announcement away, and leads its mail to the attacker. */
    void withdrawAndCapture(String domain) {
        dns.zone(domain).remove(RECORD, "TXT").remove("mta-sts", "A");
        capture(domain);
    }

    private void capture(String domain) {
        policies.block();
        dns.zone(domain).remove("mx1", "A").a("mx1", address(attackers.get(0))).mx(20, "mx2." + domain)
            .a("mx2", address(attackers.get(1))).mx(30, OTHER_NAME);
    }

    /** The messages to a domain that its own host has taken. */
    List<Transaction> taken(String domain) {
        return good.messages().stream().filter(Transaction::accepted)
            .filter(each -> each.recipients().stream().anyMatch(mailbox -> mailbox.address().equals("bob@" + domain))).toList();
    }

    /** The connections that the attacker's hosts have seen. */
    int capturedSessions() {
        return attackers.stream().mapToInt(each -> each.sessions().size()).sum();
    }

    /** All that the attacker's hosts were told of any envelope. */
    List<String> captured() {
        return attackers.stream().flatMap(each -> each.sessions().stream())
            .flatMap(session -> session.verbs().stream()).filter(verb -> List.of("MAIL", "RCPT", "DATA", "BDAT").contains(verb)).toList();
    }

    /** The fetches of a domain's policy. */
    int requests(String domain) {
        return policies.requests(domain);
    }

    @Override
    public void close() {
        dns.close();
        policies.close();
        good.close();
        attackers.forEach(ScriptedSmtpServer::close);
    }
}
