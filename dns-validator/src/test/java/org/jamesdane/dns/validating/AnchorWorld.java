/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

import org.jamesdane.dns.DomainName;
import org.jamesdane.testing.dns.KeyAlgorithm;
import org.jamesdane.testing.dns.Signatures;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SignedZone;
import org.jamesdane.testing.dns.SigningKey;
import org.xbill.DNS.Record;

/** A root whose keys come and go, and a node that watches it, on one virtual clock and without a wire. */
final class AnchorWorld {
    static final Duration HOLD_DOWN = Duration.ofDays(30);
    /** A number that no standard gives a meaning to. */
    private static final int UNKNOWN_ALGORITHM = 200;
    private static final int SHORT_TTL = 300;
    private static final Instant BEGIN = Instant.parse("2026-12-01T00:00:00Z");
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Path DIRECTORY = Path.of("/var/dane");

    /** The time that the zone signs by. */
    private final MovableClock truth;
    /** The time that the node takes it for. */
    private final MovableClock clock;
    private final Duration holdDown;
    private long monotonic = 12_345;
    private final SignedWorld world;
    private final Map<String, SigningKey> keys = new TreeMap<>();
    private final List<List<Record>> shown = new ArrayList<>();
    private final List<AnchorChange> changes = new ArrayList<>();
    final MemoryFiles disk = new MemoryFiles();
    private List<TrustAnchor> seeds;
    private ManagedAnchors node;
    private int flushes;

    AnchorWorld(String... seeds) {
        this(BEGIN, HOLD_DOWN, seeds);
    }

    AnchorWorld(Instant begin, Duration holdDown, String... seeds) {
        this.truth = new MovableClock(begin);
        this.clock = new MovableClock(begin);
        this.holdDown = holdDown;
        this.world = SignedDns.world().clock(truth);
        this.seeds = anchors(seeds);
        this.node = start();
    }

    SigningKey key(String name) {
        return keys.computeIfAbsent(name, each -> Character.isLowerCase(each.charAt(0)) ? SigningKey.zoneSigning(KeyAlgorithm.ECDSA_P256)
            : SigningKey.keySigning(each.startsWith("R") ? KeyAlgorithm.ED25519 : KeyAlgorithm.ECDSA_P256));
    }

    private List<TrustAnchor> anchors(String... names) {
        return Arrays.stream(names).map(name -> {
            world.zone(".").keys(key(name));
            return TrustAnchors.parse(world.trustAnchors().isEmpty() ? dnskeys() : world.trustAnchors()).all().get(0);
        }).toList();
    }

    /** A ZSK has no DS in a parent; an operator may name it all the same. */
    private List<String> dnskeys() {
        return world.signed(".", "@", "DNSKEY").stream().filter(record -> record instanceof org.xbill.DNS.DNSKEYRecord)
            .map(record -> ". IN DNSKEY " + record.rdataToString()).toList();
    }

    private ManagedAnchors start() {
        AnchorManagement management = new AnchorManagement(new FileAnchorJournal(DIRECTORY, disk), holdDown);
        ValidationParts parts = new ValidationParts(clock, Duration.ofMinutes(5), SignatureComputation.ofJdk());
        AnchorListeners listeners = new AnchorListeners();
        listeners.add(changes::add);
        ManagedAnchors started = new ManagedAnchors(() -> TrustAnchors.inForce(seeds, Set.of()), AnchorSource.BUILT_IN,
            management, parts.sights(), new ManagedAnchors.Surroundings(new ManagedAnchors.Times(clock, () -> monotonic), Runnable::run,
                () -> flushes++, listeners));
        started.takeSeeds().join();
        return started;
    }

    void restart(String... otherSeeds) {
        if (otherSeeds.length > 0) {
            seeds = anchors(otherSeeds);
        }
        // What the timer shows is not comparable over processes.
        monotonic = 77 - monotonic;
        node = start();
    }

    void passes(Duration time) {
        truth.set(truth.instant().plus(time));
        clock.set(clock.instant().plus(time));
        monotonic += time.toNanos();
    }

    /** Time passes, but for the timer. */
    void sleeps(Duration time) {
        truth.set(truth.instant().plus(time));
        clock.set(clock.instant().plus(time));
    }

    void setClock(Duration by) {
        clock.set(clock.instant().plus(by));
    }

    /** The zone shows keys, see anchor-stories.txt; the node sees them. */
    boolean shows(List<String> tokens) {
        return sees(records(tokens));
    }

    boolean sees(List<Record> records) {
        Reply reply = new Reply(0, false, false, SignedRrset.collect(records), List.of(), OptionalInt.empty());
        return node.see(DomainName.ROOT, reply, Budget.of(PATIENCE)).join();
    }

    private List<Record> records(List<String> tokens) {
        List<String> names = new ArrayList<>(tokens);
        int option = names.indexOf(names.stream().filter(token -> token.startsWith("(")).findFirst().orElse(""));
        List<String> options = option < 0 ? List.of() : names.subList(option, names.size());
        List<String> ofKeys = option < 0 ? names : names.subList(0, option);
        String how = options.isEmpty() ? "" : options.get(0).replaceAll("[()]", "");
        int number = options.size() < 2 ? 0 : Integer.parseInt(options.get(1).replaceAll("[()]", ""));
        if (how.equals("old")) {
            return shown.get(shown.size() - number);
        }
        SigningKey[] published = ofKeys.stream().map(this::published).toArray(SigningKey[]::new);
        SignedZone root = world.zone(".").keys(published);
        root.signatures(switch (how) {
            case "bad" -> Signatures.CORRUPT;
            case "none" -> Signatures.MISSING;
            case "expired" -> Signatures.EXPIRED;
            case "early" -> Signatures.NOT_YET_VALID;
            default -> Signatures.VALID;
        });
        root.ttl(how.equals("ttl") ? Duration.ofDays(number).toSeconds() : how.equals("seconds") ? number : SHORT_TTL).resign();
        List<Record> records = world.signed(".", "@", "DNSKEY");
        shown.add(records);
        return records;
    }

    private SigningKey published(String token) {
        SigningKey key = key(token.replaceAll("[^A-Za-z]", ""));
        if (token.endsWith("~")) {
            return key.withNumber(UNKNOWN_ALGORITHM).notSigning();
        } else if (token.endsWith("-!")) {
            return key.revoked().notSigning();
        } else if (token.endsWith("-")) {
            return key.revoked();
        } else if (token.endsWith("*")) {
            return Character.isLowerCase(token.charAt(0)) ? key.signingKeys() : key;
        }
        return Character.isLowerCase(token.charAt(0)) ? key : key.notSigning();
    }

    /** The zones, to be served to others. */
    SignedWorld served() {
        return world;
    }

    /** All keys with a state, by name, and "lost" if the root has no anchor any more. */
    String states() {
        Map<String, String> byName = new TreeMap<>();
        node.status().anchors().forEach(anchor -> byName.put(name(anchor.anchor()), anchor.state().word()));
        List<String> words = new ArrayList<>();
        byName.forEach((name, state) -> words.add(name + " " + state));
        if (node.current().isLost(DomainName.ROOT)) {
            words.add("lost");
        }
        return String.join(", ", words);
    }

    /** The names of the anchors in force. */
    List<String> trusted() {
        return node.current().of(DomainName.ROOT).stream().map(this::name).sorted().toList();
    }

    String name(TrustAnchor anchor) {
        List<String> names = keys.keySet().stream().filter(name -> keyOf(name).isNamedBy(anchor)).toList();
        return names.isEmpty() ? anchor.toString() : names.get(0);
    }

    AnchorKey keyOf(String name) {
        return AnchorKey.of(key(name).publicRecord());
    }

    AnchorsStatus status() {
        return node.status();
    }

    ManagedAnchors node() {
        return node;
    }

    List<AnchorChange> changes() {
        return changes;
    }

    int flushes() {
        return flushes;
    }

    Instant now() {
        return clock.instant();
    }

    /** Does to the journal, while the process is down, what the word says. */
    void journal(String what) throws IOException {
        Path file = DIRECTORY.resolve(FileAnchorJournal.FILE);
        switch (what) {
            case "lost" -> disk.files.clear();
            case "cut" -> disk.files.computeIfPresent(file, (path, octets) -> Arrays.copyOf(octets, octets.length / 2));
            case "previous-only" -> disk.files.remove(file);
            default -> throw new IllegalArgumentException(what);
        }
    }
}
