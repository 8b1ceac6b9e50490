/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SignedZone;
import org.jamesdane.testing.james.EmbeddedJames;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesSetup;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many domains of one provider, in a James inside this JVM. */
class SharedHostIT {
    private static final int DOMAINS = 200;
    /** Default of {@code smtp.site.concurrency}. */
    private static final int PER_SITE = 20;
    /** Names of the one host: domains with another name have another site, and connections of their own. */
    private static final int NAMES = 40;

    private final Path directory;

    SharedHostIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldOpenNoMoreConnectionsToAnAddressThanASiteMayHave() {
        try (ScriptedSmtpServer host = host();
             SignedDns dns = dns(host);
             EmbeddedJames james = JamesSetup.of(configuration(host, dns), directory).withOurExtension().startEmbedded()) {
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < DOMAINS; i++) {
                    james.submit("sender@james.example", List.of("user@d" + i + ".many.example"), "Subject: to " + i + "\n\nHello.\n");
                }
            }

            await().atMost(Setups.PATIENCE).until(() -> host.accepted() >= 2 * DOMAINS);
            assertThat(host.accepted()).isEqualTo(2 * DOMAINS);
            assertThat(host.mostAtOnce()).isBetween(2, PER_SITE);
            assertThat(james.log().linesWith("is deferred")).isEmpty();
        }
    }

    /** A host that takes some time for each mail, so that many connections are of use. */
    private static ScriptedSmtpServer host() {
        return ScriptedSmtpServer.builder().address("127.77.1.1").hostName("mx0.provider.example").extensions("PIPELINING")
            .tls(TestPki.selfSigned("mx0.provider.example").issue().serverContext())
            .fault(Point.FINAL_DOT, new Fault.Drip(Duration.ofMillis(3))).start();
    }

    private static SignedDns dns(ScriptedSmtpServer host) {
        SignedWorld world = SignedDns.world();
        SignedZone provider = world.zone("provider.example").unsigned();
        SignedZone many = world.zone("many.example").unsigned();
        for (int i = 0; i < NAMES; i++) {
            provider.a("mx" + i, host.address().getAddress().getHostAddress());
        }
        for (int i = 0; i < DOMAINS; i++) {
            many.mx("d" + i, 10, "mx" + i % NAMES + ".provider.example");
        }
        return world.start();
    }

    private static JamesConfiguration configuration(ScriptedSmtpServer host, SignedDns dns) {
        return Setups.sample()
            .with("dane-trust-anchors", dns.trustAnchor() + "\n")
            .edited("dane.properties", text -> DemoWorld.set(DemoWorld.set(DemoWorld.set(DemoWorld.set(text, "dns.servers",
                dns.address().getAddress().getHostAddress() + ":" + dns.port()), "dns.trust-anchors", "file://conf/dane-trust-anchors"),
                "smtp.port", String.valueOf(host.port())), "smtp.allowed-special-targets", "127.0.0.0/8"));
    }
}
