/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import java.util.List;

import org.jamesdane.testing.dns.Signatures;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;

/** The destinations of the demonstration, without a James: some are in order, some are attacked, and some know nothing of DANE. */
public final class SevenDestinations implements AutoCloseable {
    /** The domains, and one that does not exist. */
    public static final List<String> DOMAINS = List.of("good.example", "impostor.example", "stripped.example", "bogus.example",
        "plain.example", "notls.example", "backup.example", "missing.example");
    private static final Credential RIGHT = TestPki.selfSigned("right").issue();
    private static final Credential WRONG = TestPki.selfSigned("impostor").issue();

    private final MailWorld world;
    private final SignedDns dns;

    /** Starts DNS and hosts on addresses of that network, {@code 127.79.1} for example. */
    public SevenDestinations(String network) {
        world = new MailWorld(network);
        world.tlsa(world.mx(world.zone("good.example"), 10, "mx", "good.example", world.host(RIGHT)), "mx", RIGHT, 3, 1);
        world.tlsa(world.mx(world.zone("impostor.example"), 10, "mx", "impostor.example", world.host(WRONG)), "mx", RIGHT, 3, 1);
        world.tlsa(world.mx(world.zone("stripped.example"), 10, "mx", "stripped.example",
            world.start(world.builder().tls(RIGHT.serverContext()).hideStarttls())), "mx", RIGHT, 3, 1);
        world.tlsa(world.mx(world.zone("bogus.example"), 10, "mx", "bogus.example", world.host(RIGHT)), "mx", RIGHT, 3, 1)
            .signatures(world.tlsaOwner("mx"), "TLSA", Signatures.CORRUPT);
        world.mx(world.zone("plain.example"), 10, "mx", "plain.example", world.host(RIGHT));
        world.mx(world.zone("notls.example"), 10, "mx", "notls.example", world.start(world.builder())).unsigned();
        world.tlsa(world.mx(world.zone("backup.example"), 10, "mx1", "backup.example", world.host(WRONG)), "mx1", RIGHT, 3, 1);
        world.tlsa(world.mx(world.zone("backup.example"), 20, "mx2", "backup.example", world.host(RIGHT)), "mx2", RIGHT, 3, 0);
        dns = world.start();
    }

    /** The hosts. */
    public MailWorld world() {
        return world;
    }

    /** The DNS. */
    public SignedDns dns() {
        return dns;
    }

    @Override
    public void close() {
        world.close();
    }
}
