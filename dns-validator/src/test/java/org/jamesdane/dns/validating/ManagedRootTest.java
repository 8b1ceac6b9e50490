/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

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
        return start(config, Clock.systemUTC());
    }

    private ValidatingDns start(ValidatorConfig config, Clock clock) {
        ValidatingDns validator = ValidatingDns.create(config, clock, new SecureRandom());
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

    /** Each look asks two resolvers: a revocation that one hides is seen by the other. */
    @Test
    void shouldSeeARevocationThatOneOfTwoResolversHides() throws Exception {
        try (SignedDns other = SignedDns.world().zone("mx.example").start()) {
            other.zone(".").keys(old.revoked(), next, data);
            ValidatingDns validator = start(config().upstreams(List.of(dns.address(), other.address())).build());

            until(() -> count(validator, AnchorState.REVOKED) == 1);
            assertThat(validator.status().trustAnchors().inForce()).hasSize(1);
        }
    }

    /** Both keys of 2048 bits, one revoked, two signatures, and a second key for data: what the root's reply becomes in 2027. */
    @Test
    void shouldValidateTheSetOfARevocationHoweverItComes() throws Exception {
        dns.zone(".").keys(old.revoked(), next, data, standby);
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        dns.rewriteWire((query, reply, transport) -> {
            if (query.getQuestion().getType() == Type.DNSKEY && query.getQuestion().getName().labels() == 1
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
    }

    /** The same set of P-256 keys fits: four keys and two signatures. Its datagrams are lost, or cut, all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"whole", "cut", "lost"})
    void shouldValidateTheSetOfARevocationThatFits(String datagrams) throws Exception {
        SigningKey first = SigningKey.keySigning(KeyAlgorithm.ECDSA_P256);
        SigningKey second = SigningKey.keySigning(KeyAlgorithm.ECDSA_P256);
        SigningKey zone = SigningKey.zoneSigning(KeyAlgorithm.ECDSA_P256);
        dns.zone(".").keys(first, second, zone);
        anchors = dns.trustAnchor();
        dns.zone(".").keys(first.revoked(), second, zone, SigningKey.zoneSigning(KeyAlgorithm.ECDSA_P256).notSigning());
        List<Message> whole = new CopyOnWriteArrayList<>();
        Set<Transport> used = ConcurrentHashMap.newKeySet();
        dns.rewriteWire((query, reply, transport) -> {
            if (query.getQuestion().getType() != Type.DNSKEY || query.getQuestion().getName().labels() > 1) {
                return List.of(reply);
            }
            used.add(transport);
            whole.add(parsed(reply));
            return transport == Transport.TCP || datagrams.equals("whole") ? List.of(reply)
                : datagrams.equals("cut") ? List.of(truncated(reply)) : List.of();
        });
        ValidatingDns validator = start(config().build());

        assertThat(ask(validator)).isEqualTo("found secure");
        until(() -> count(validator, AnchorState.REVOKED) == 1);
        assertThat(whole).allSatisfy(message -> {
            assertThat(message.numBytes()).isBetween(512, Query.UDP_PAYLOAD);
            assertThat(message.getHeader().getFlag(Flags.TC)).isFalse();
            assertThat(message.getSection(Section.ANSWER)).extracting(Record::getType)
                .containsExactlyInAnyOrder(Type.DNSKEY, Type.DNSKEY, Type.DNSKEY, Type.DNSKEY, Type.RRSIG, Type.RRSIG);
        });
        // The self-test asks over TCP in any case, so what tells is that datagrams were tried.
        assertThat(used).contains(Transport.UDP);
        assertThat(validator.status().trustAnchors().inForce()).hasSize(1);
    }

    private static Message parsed(byte[] wire) {
        try {
            return new Message(wire);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** RFC 2181 §9: what is cut is not used. */
    private static byte[] truncated(byte[] wire) {
        Message message = parsed(wire);
        message.getHeader().setFlag(Flags.TC);
        message.removeAllRecords(Section.ANSWER);
        return message.toWire();
    }

    @Test
    void shouldSayThatTheClockMayBeWrongAndKeepTheState() throws Exception {
        dns.zone(".").keys(old.revoked(), next, data);
        ValidatingDns right = start(config().build());
        until(() -> journal().contains("\"state\":\"revoked\""));
        List<AnchorsStatus.Anchor> known = right.status().trustAnchors().anchors();
        right.close();
        for (int days : List.of(365, -365)) {
            ValidatingDns off = start(config().build(), Clock.offset(Clock.systemUTC(), Duration.ofDays(days)));

            assertThat(ask(off)).startsWith("failed ");
            assertThat(off.status().problems()).singleElement().asString().contains(days > 0 ? "has expired" : "is not yet valid",
                "compare the trust anchors and the clock of this host");
            assertThat(off.status().trustAnchors().anchors()).isEqualTo(known);
            off.close();
        }
        assertThat(ask(start(config().build()))).isEqualTo("found secure");
    }

    /** RFC 5011 has no part in it: the operator's own change is told, too. */
    @Test
    void shouldTellOfAnotherFileOfPinnedAnchors() throws Exception {
        Path file = Files.writeString(directory.resolve("anchors"), anchors);
        ValidatingDns validator = start(ValidatorConfig.builder().upstreams(List.of(dns.address())).trustAnchorFile(file).build());
        Files.writeString(file, anchors.lines().toList().get(1));

        until(() -> !changes.isEmpty());
        assertThat(changes).singleElement().satisfies(change -> {
            assertThat(change.to()).isEmpty();
            assertThat(change.by()).isEqualTo(AnchorSource.FILE);
            assertThat(change.anchor()).isEqualTo(TrustAnchors.parse(anchors.lines().limit(1).toList()).all().get(0));
        });
        assertThat(validator.status().trustAnchors().inForce()).hasSize(1);
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
