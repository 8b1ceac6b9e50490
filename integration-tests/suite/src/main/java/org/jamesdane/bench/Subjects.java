/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesInstallation;
import org.jamesdane.testing.peers.Chroot;
import org.jamesdane.testing.peers.Unbound;
import org.jspecify.annotations.Nullable;

/** The servers that are measured, running. */
final class Subjects implements AutoCloseable {
    private static final String RESOLVER = "127.53.0.2";
    private static final String POSTFIX = "127.25.4.";

    private final List<Subject> running = new ArrayList<>();
    private final Zones zones;
    private final Path directory;
    private @Nullable Unbound resolver;

    /** @param directory for what they write */
    Subjects(Zones zones, Path directory) {
        this.zones = zones;
        this.directory = directory;
    }

    /** Tests whether this machine has what a subject needs. */
    static boolean isThere(String name) {
        return !name.startsWith("postfix") || (Chroot.isThere("postfix") && Chroot.isThere("dns"));
    }

    /**
     * Starts one.
     *
     * @param name which; behind {@code dane@} or {@code encrypt@} stands another build's jar, to be measured beside this build's
     * @param trusted a key store with the certificate of the mail hosts, for who knows no TLSA records
     * @param hosts their addresses in the form of /etc/hosts
     */
    void start(String name, Path trusted, Path hosts) throws IOException {
        String[] kindAndJar = name.split("@", 2);
        Path jar = kindAndJar.length > 1 ? Path.of(kindAndJar[1]) : JamesInstallation.extensionOfBuild();
        running.add(switch (kindAndJar[0]) {
            case "postfix" -> new PostfixSubject(name, POSTFIX + 1, false, resolver(), furtherLines("bench.postfix"));
            case "postfix-reuse" -> new PostfixSubject(name, POSTFIX + 2, true, resolver(), furtherLines("bench.postfix"));
            // Stock James asks for addresses by itself, and then has the platform look them up once more; it trusts our one certificate.
            case "stock" -> JamesSubject.start(name, stock(), List.of(), ownDirectory(name), "-Djdk.net.hosts.file=" + hosts,
                "-Djavax.net.ssl.trustStore=" + trusted, "-Djavax.net.ssl.trustStorePassword=" + TlsSink.STORE_PASSWORD);
            case "dane", "encrypt" -> JamesSubject.start(name, withPolicy(kindAndJar[0]), List.of(jar), ownDirectory(name));
            default -> throw new IllegalArgumentException("There is no subject " + name
                + "; there are dane, encrypt, stock, postfix and postfix-reuse");
        });
    }

    List<Subject> all() {
        return running;
    }

    private Path ownDirectory(String name) throws IOException {
        return Files.createDirectories(directory.resolve(name.replace('/', '_')));
    }

    /** Further lines for a configuration file, as the system property says, divided by semicolons. */
    private static String furtherLines(String property) {
        return "\n" + System.getProperty(property, "").replace(';', '\n') + "\n";
    }

    private Unbound resolver() {
        if (resolver == null) {
            resolver = Unbound.forwarding(RESOLVER, Zones.DNS_ADDRESS, zones.trustAnchor().lines().toList());
        }
        return resolver;
    }

    private static JamesConfiguration stock() {
        return Zones.sample().with("extensions.properties", "").with("healthcheck.properties", "")
            .edited("webadmin.properties", text -> text.replaceAll("(?m)^extensions\\.routes=.*$", ""))
            .with("dnsservice.xml", "<dnsservice><servers><server>" + Zones.DNS_ADDRESS + "</server></servers>"
                + "<autodiscover>false</autodiscover><authoritative>false</authoritative></dnsservice>")
            .edited("mailetcontainer.xml", xml -> xml.replace("org.jamesdane.james.DaneRemoteDelivery", "RemoteDelivery")
                .replaceAll("<lifetime>[^<]*</lifetime>",
                    "<startTLS>true</startTLS><verifyServerIdentity>false</verifyServerIdentity>"));
    }

    private JamesConfiguration withPolicy(String policy) {
        return zones.configuration().edited("dane.properties",
            text -> DemoWorld.set(text, "policy.default", policy) + furtherLines("bench.dane"));
    }

    @Override
    public void close() {
        running.forEach(Subject::close);
        if (resolver != null) {
            resolver.close();
        }
    }
}
