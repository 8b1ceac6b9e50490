/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.validating.AnchorManagement;
import org.jamesdane.dns.validating.AnchorSource;
import org.jamesdane.dns.validating.AnchorState;
import org.jamesdane.dns.validating.FileAnchorJournal;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.dns.validating.ValidatorConfig;
import org.jamesdane.store.OperatorEvent;
import org.jamesdane.store.OperatorEvents;
import org.jamesdane.testing.dns.KeyAlgorithm;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SigningKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A change of a trust anchor, from a reply with the root's keys to the log and the file of operator events. */
class TrustAnchorEventsTest {
    private static final Instant NOW = Instant.parse("2027-01-11T12:00:00Z");

    private final Path directory;
    private final SigningKey old = SigningKey.keySigning(KeyAlgorithm.ECDSA_P256);
    private final SigningKey next = SigningKey.keySigning(KeyAlgorithm.ECDSA_P256);
    private final SigningKey data = SigningKey.zoneSigning(KeyAlgorithm.ECDSA_P256);
    private final SignedDns world = SignedDns.world().zone("mx.example").a("@", "192.0.2.1").start();
    private final OperatorEvents events;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("org.jamesdane.operator");

    TrustAnchorEventsTest(@TempDir Path directory) {
        this.directory = directory;
        this.events = new OperatorEvents(directory, "node1", () -> NOW);
        world.zone(".").keys(old, next, data);
    }

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
        logger.setLevel(null);
        world.close();
    }

    private ValidatingDns start(Path file) {
        ValidatorConfig config = ValidatorConfig.builder().upstreams(List.of(world.address())).trustAnchorFile(file)
            .manageTrustAnchors(new AnchorManagement(new FileAnchorJournal(directory))).build();
        ValidatingDns dns = ValidatingDns.create(config, Clock.systemUTC(), new SecureRandom());
        dns.firstSelfTest().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
        // A busy start: the first changes are older than who is told of them.
        TrustAnchorEvents.between(dns, events);
        return dns;
    }

    private static String words(OperatorEvent event) {
        return event.action() + " " + event.value().orElse("-") + ": " + event.by().orElseThrow().owner() + ", "
            + event.by().orElseThrow().reason();
    }

    /** Asks what no cache answers, until so many keys that were met are in a state. */
    private static void look(ValidatingDns dns, AnchorState state, int keys) {
        dns.flush(DomainName.ROOT);
        dns.lookup(DomainName.of("mx.example"), RecordType.A).toCompletableFuture().join();
        await().until(() -> dns.status().trustAnchors().anchors().stream()
            .filter(anchor -> anchor.state() == state && anchor.seen().isPresent()).count() == keys);
    }

    @Test
    void shouldMakeOneEventOfEachChange() throws Exception {
        Path file = Files.writeString(directory.resolve("anchors"), world.trustAnchor());
        try (ValidatingDns dns = start(file)) {
            look(dns, AnchorState.VALID, 2);
            world.zone(".").keys(old.revoked(), next, data);
            look(dns, AnchorState.REVOKED, 1);
            await().untilAsserted(() -> assertThat(events.newest(event -> true, 10)).extracting(TrustAnchorEventsTest::words)
                .containsExactly("revoked was valid: RFC 5011, its owner has revoked it (RFC 5011 §2.1)",
                    "valid -: dns.trust-anchors, it is given", "valid -: dns.trust-anchors, it is given"));
        }
        try (ValidatingDns again = start(file)) {
            look(again, AnchorState.REVOKED, 1);
        }

        List<String> lines = Files.readAllLines(directory.resolve("operator-events.jsonl"));
        assertThat(lines).as("nothing new after a restart").hasSize(3);
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).isEqualTo(lines);
        JsonNode last = new ObjectMapper().readTree(lines.get(2));
        assertThat(last.get("kind").asText()).isEqualTo("trust-anchor");
        assertThat(last.get("name").asText()).startsWith(". IN DS ");
        assertThat(last.get("node").asText()).isEqualTo("node1");
        assertThat(last.get("time").asText()).isEqualTo(NOW.toString());
    }

    /** The names of sources are for the journal; an event says who it was. */
    @Test
    void shouldNameEachSource() {
        assertThat(AnchorSource.values()).extracting(TrustAnchorEvents::owner)
            .containsExactly("this release", "dns.trust-anchors", "RFC 5011");
    }
}
