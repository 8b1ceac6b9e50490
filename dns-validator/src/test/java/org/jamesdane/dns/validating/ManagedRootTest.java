/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.RecordType;
import org.jamesdane.testing.dns.Fault;
import org.jamesdane.testing.dns.KeyAlgorithm;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SigningKey;
import org.jamesdane.testing.dns.Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole validator whose root rolls its keys, over sockets. The time between sights is told by anchor-stories.txt. */
class ManagedRootTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final SigningKey old = SigningKey.keySigning(KeyAlgorithm.RSASHA256);
    private final SigningKey next = SigningKey.keySigning(KeyAlgorithm.RSASHA256);
    private final SigningKey data = SigningKey.zoneSigning(KeyAlgorithm.RSASHA256);
    private final SigningKey standby = SigningKey.zoneSigning(KeyAlgorithm.RSASHA256);
    private final List<AnchorChange> changes = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path directory;
    @SuppressWarnings("NullAway.Init") // set before each test
    private SignedDns dns;
    @SuppressWarnings("NullAway.Init") // set before each test
    private String anchors;

    @BeforeEach
    void serve() {
        dns = SignedDns.world().zone("mx.example").a("@", "192.0.2.1").start();
        dns.zone(".").keys(old, next, data);
        anchors = dns.trustAnchor();
        open.add(dns);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private ValidatorConfig.Builder config() {
        return ValidatorConfig.builder().upstreams(List.of(dns.address())).timeout(Duration.ofSeconds(30))
            .trustAnchors(TrustAnchors.parse(anchors.lines().toList()))
            .manageTrustAnchors(new AnchorManagement(new FileAnchorJournal(directory)));
    }

    private ValidatingDns start(ValidatorConfig config) {
        ValidatingDns validator = ValidatingDns.create(config, Clock.systemUTC(), new SecureRandom());
        open.add(0, validator);
        validator.onTrustAnchorChange(changes::add);
        validator.firstSelfTest().toCompletableFuture().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        return validator;
    }

    /** Asks a question that no cache answers, so that the keys of the root are fetched. */
    private static String ask(ValidatingDns validator) {
        validator.flush(DomainName.ROOT);
        return Lab.verdict(Lab.await(validator, "mx.example", RecordType.A));
    }

    private static void until(BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean() && end - System.nanoTime() > 0) {
            Thread.sleep(10);
        }
        assertThat(holds.getAsBoolean()).isTrue();
    }

    /** The journal's text; what is in force is written after it is in force. */
    private String journal() {
        try {
            return Files.readString(directory.resolve(FileAnchorJournal.FILE));
        } catch (IOException e) {
            return "";
        }
    }

    private static long count(ValidatingDns validator, AnchorState state) {
        return validator.status().trustAnchors().count(state);
    }

    @Test
    void shouldTakeARevocationFromAnOrdinaryAnswer() throws Exception {
        ValidatingDns validator = start(config().build());
        assertThat(ask(validator)).isEqualTo("found secure");
        until(() -> changes.size() == 2);

        dns.zone(".").keys(old.revoked(), next, data);
        assertThat(ask(validator)).isEqualTo("found secure");
        until(() -> count(validator, AnchorState.REVOKED) == 1);

        assertThat(validator.status().trustAnchors().inForce()).hasSize(1);
        assertThat(ask(validator)).isEqualTo("found secure");
        assertThat(changes).last().satisfies(change -> assertThat(change.to()).contains(AnchorState.REVOKED));
        until(() -> journal().contains("\"state\":\"revoked\""));

        dns.zone(".").keys(old, data);
        assertThat(ask(validator)).as("an old set, signed by the revoked key alone").isEqualTo("failed BOGUS");
        validator.close();
        assertThat(ask(start(config().build()))).as("after a restart").startsWith("failed ");
    }

    @Test
    void shouldAnswerNothingWhereAllAnchorsAreRevoked() throws Exception {
        ValidatingDns validator = start(config().build());
        assertThat(ask(validator)).isEqualTo("found secure");
        dns.zone(".").keys(old.revoked(), next.revoked(), data);
        assertThat(ask(validator)).isEqualTo("failed BOGUS");
        until(() -> count(validator, AnchorState.REVOKED) == 2);

        assertThat(ask(validator)).isEqualTo("failed NOT_READY");
        dns.zone(".").unsigned();
        assertThat(ask(validator)).as("never insecure").isEqualTo("failed NOT_READY");
        ValidatorStatus status = validator.status();
        assertThat(status.ready()).isFalse();
        assertThat(status.problems()).contains("All trust anchors for the root are revoked, and none is left. Mail is held, and neither "
            + "ages nor bounces: give a new anchor as dns.trust-anchors, or install a newer release");
        assertThat(validator.selfTest().toCompletableFuture().join().problems())
            .anyMatch(problem -> problem.contains("cannot be tested: all trust anchors for . are revoked"));
    }

    @Test
    void shouldAskForTheKeysByItself() throws Exception {
        dns.zone(".").keys(old, next, data, SigningKey.keySigning(KeyAlgorithm.ECDSA_P256).notSigning());
        ValidatingDns validator = start(config().build());

        until(() -> count(validator, AnchorState.PENDING) == 1);
        assertThat(validator.status().trustAnchors().inForce()).hasSize(2);
        assertThat(validator.status().healthy()).isTrue();
    }

    /** Both keys of 2048 bits, one revoked, two signatures, and a second key for data: what the root's reply becomes in 2027. */
    @Test
    void shouldValidateTheSetOfARevocationHoweverItComes() throws Exception {
        dns.zone(".").keys(old.revoked(), next, data, standby);
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        dns.rewriteWire((query, reply, transport) -> {
            if (query.getQuestion().getType() == org.xbill.DNS.Type.DNSKEY && query.getQuestion().getName().labels() == 1
                    && transport == Transport.TCP) {
                sizes.add(reply.length);
            }
            return List.of(reply);
        });
        assertThat(ask(start(config().build()))).as("1232 octets over UDP, else truncated").isEqualTo("found secure");
        assertThat(sizes).as("the set does not fit into 1232 octets").isNotEmpty().allMatch(size -> size > Query.UDP_PAYLOAD);

        dns.heal().fault(".", "DNSKEY", Fault.truncated());
        assertThat(ask(start(config().build()))).as("truncated, then TCP").isEqualTo("found secure");

        dns.heal().fault(".", "DNSKEY", Fault.silent().only(Transport.UDP));
        ValidatingDns lossy = start(config().build());
        assertThat(ask(lossy)).as("fragments that are lost").isEqualTo("found secure");
        until(() -> count(lossy, AnchorState.REVOKED) == 1);

        dns.heal().rewriteWire((query, reply, transport) -> List.of(reply));
        ValidatorConfig.Builder small = config();
        dns.zone(".").keys(old.revoked(), next, data);
        ValidatingDns fits = start(small.build());
        assertThat(ask(fits)).isEqualTo("found secure");
        until(() -> count(fits, AnchorState.REVOKED) == 1);
    }

    @Test
    void shouldTellFromTheFirstMinuteThatTheJournalCannotBeWritten() throws Exception {
        Files.createDirectory(directory.resolve(FileAnchorJournal.FILE + ".new"));
        ValidatingDns validator = start(config().build());

        until(() -> validator.status().trustAnchors().journalFailed());
        assertThat(validator.status().trustAnchors().warnings()).singleElement().asString()
            .contains("cannot be written", "a restart forgets");
        assertThat(ask(validator)).isEqualTo("found secure");
    }

    @Test
    void shouldLeaveAnchorsAloneThatNobodyManages() throws IOException {
        ValidatorConfig pinned = ValidatorConfig.builder().upstreams(List.of(dns.address()))
            .trustAnchors(TrustAnchors.parse(anchors.lines().toList())).build();
        ValidatingDns validator = start(pinned);
        dns.zone(".").keys(old.revoked(), next, data);

        assertThat(ask(validator)).isEqualTo("found secure");
        assertThat(validator.status().trustAnchors().managed()).isFalse();
        assertThat(validator.status().trustAnchors().inForce()).hasSize(2);
        try (var files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void shouldNotShortenTheHoldDownOfThePublicRoot() {
        ValidatorConfig config = ValidatorConfig.builder().upstreams(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9)))
            .manageTrustAnchors(new AnchorManagement(new FileAnchorJournal(directory), Duration.ofDays(29))).build();

        assertThatThrownBy(() -> ValidatingDns.create(config, Clock.systemUTC(), new SecureRandom()))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("at least 30 days");
    }
}
