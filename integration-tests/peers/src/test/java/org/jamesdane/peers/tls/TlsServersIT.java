/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.TlsaRecord;
import org.jamesdane.tls.TlsHandshake;
import org.jamesdane.tls.TlsOffer;
import org.jamesdane.tls.TlsSettings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Servers of OpenSSL and GnuTLS with odd certificates and habits: our client and Postfix's say the same of each, under 3 1 1. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsServersIT {
    private static final DomainName NAME = DomainName.of("mx.example");
    private static final String NO_TLS = "no TLS: ";
    private static final String TABLE = "tls-servers-table.txt";

    private final Map<String, String> ours = new LinkedHashMap<>();
    private final Map<String, String> fingers = new LinkedHashMap<>();
    /** The servers with which the referee has TLS where no record decides. */
    private final TreeSet<String> securedByPostfix = new TreeSet<>();
    private final TreeSet<String> notStarted = new TreeSet<>();

    @BeforeAll
    void askAll() throws IOException {
        try (TlsServers servers = new TlsServers()) {
            for (TlsCase each : TlsZoo.cases()) {
                Optional<TlsServers.Running> started = servers.start(each);
                if (started.isEmpty()) {
                    notStarted.add(each.name());
                    continue;
                }
                try (TlsServers.Running server = started.get()) {
                    fingers.put(each.name(), server.finger());
                    ours.put(each.name(), ask(server));
                    if (!server.fingerOfAnybody().startsWith(NO_TLS)) {
                        securedByPostfix.add(each.name());
                    }
                }
            }
        }
        StringBuilder table = new StringBuilder();
        ours.forEach((name, word) -> table.append(String.format("%-60s | %-45s | %s%n", name, word, fingers.get(name))));
        notStarted.forEach(name -> table.append(name).append(" | the program does not start so\n"));
        System.out.println(table);
        Files.writeString(Path.of(System.getProperty("peers.target", "."), TABLE), table);
    }

    private static TlsRequirement requirement(TlsServers.Running server) {
        return new TlsRequirement.Dane(new MxHost.Named(NAME, 10),
            TlsaUsability.of(List.of(new TlsaRecord(3, 1, 1, server.keyDigest()))).usable().orElseThrow(), NAME, List.of(NAME),
            SecurityLabel.VERIFIED);
    }

    private static String ask(TlsServers.Running server) throws IOException {
        try (Socket socket = server.connect()) {
            TlsHandshake.Secured secured = TlsHandshake.perform(socket, TlsSettings.forServer(NAME));
            ChannelCheck check = ChannelCheck.of(requirement(server), secured.channel(), Instant.now());
            return check instanceof ChannelCheck.Permitted ? "Verified" : "not authenticated";
        } catch (IOException e) {
            return NO_TLS + e.getMessage();
        }
    }

    @Test
    void shouldTakeARawPublicKeyOfGnutls() throws IOException {
        // RFC 7250: the server has nothing else to show.
        TlsCase raw = new TlsCase("raw key", TlsCase.Server.GNUTLS, "rsa2048", OddCertificate.inOrder(), List.of(),
            List.of("--rawpkkeyfile", "@rsa2048.key", "--rawpkfile", "@rsa2048.pub", "--priority", "NORMAL:+CTYPE-SRV-RAWPK"));
        try (TlsServers servers = new TlsServers(); TlsServers.Running server = servers.start(raw).orElseThrow();
                Socket socket = server.connect()) {
            TlsHandshake.Secured secured = TlsHandshake.perform(socket, new TlsSettings(Optional.of(NAME), TlsOffer.DEFAULT, true));

            assertThat(secured.channel().tls().orElseThrow().peerChain()).singleElement()
                .satisfies(key -> assertThat(key.isRawPublicKey()).isTrue());
            assertThat(ChannelCheck.of(requirement(server), secured.channel(), Instant.now())).isInstanceOf(ChannelCheck.Permitted.class);
        }
    }

    @Test
    void shouldAgreeOnTheHybridGroupWithOpenssl() throws IOException {
        TlsCase any = TlsZoo.cases().stream().filter(each -> each.name().equals("in order")).findFirst().orElseThrow();
        try (TlsServers servers = new TlsServers(); TlsServers.Running server = servers.start(any).orElseThrow();
                Socket socket = server.connect()) {
            assertThat(TlsHandshake.perform(socket, TlsSettings.forServer(NAME)).channel().tls().orElseThrow().strength().group())
                .contains("X25519MLKEM768");
        }
    }

    @Test
    void shouldStartAtLeastAHundredServers() {
        assertThat(ours).hasSizeGreaterThanOrEqualTo(100);
    }

    @Test
    void shouldVerifyWhatPostfixVerifiesButForListedDifferences() throws IOException {
        ListedDifferences.hold("TLS server", "taken", are(ours, "Verified"::equals), are(fingers, "Verified"::equals));
    }

    @Test
    void shouldHaveTlsWithoutRecordsWherePostfixHasIt() throws IOException {
        // RFC 7672 §2.2: clear text is for hosts that cannot do TLS.
        Map<String, Boolean> secured = are(ours, word -> !word.startsWith(NO_TLS));
        Map<String, Boolean> byEither = new TreeMap<>(secured);
        securedByPostfix.forEach(name -> byEither.replace(name, true));

        assertThat(securedByPostfix).hasSizeGreaterThanOrEqualTo(100);
        ListedDifferences.hold("TLS server without records", "under TLS", secured, byEither);
    }

    private static Map<String, Boolean> are(Map<String, String> words, Predicate<String> good) {
        return words.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> good.test(entry.getValue())));
    }
}
