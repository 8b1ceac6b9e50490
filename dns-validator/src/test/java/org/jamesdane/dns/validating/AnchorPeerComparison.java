/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.jamesdane.testing.dns.SignedDns;
import org.junit.jupiter.api.Test;

/**
 * A roll-over beside Unbound with an auto-trust-anchor-file, both at the same root and with a hold-down of seconds. Runs in the profile
 * {@code dns-peers}.
 */
class AnchorPeerComparison {
    private static final Duration HOLD_DOWN = Duration.ofSeconds(4);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** A line of Unbound's file: the key, and its state. */
    private static final Pattern LINE = Pattern.compile("DNSKEY\\s+(\\d+) 3 (\\d+) ([A-Za-z0-9+/= ]+?) ;.*;;state=(\\d)");
    /** By the numbers of Unbound's file, of RFC 5011 §4.2. */
    private static final List<String> STATES = List.of("start", "pending", "valid", "missing", "revoked", "removed");

    @Test
    void shouldFollowARollOverAsUnboundDoes() throws Exception {
        Path directory = Path.of(Objects.requireNonNull(System.getProperty("dns.peers.directory"))).resolve("anchors");
        Files.createDirectories(directory);
        AnchorWorld world = new AnchorWorld(Instant.now(), HOLD_DOWN, "A");
        Path file = directory.resolve("root.key");
        Files.writeString(file, world.node().current().all().get(0) + "\n");
        show(world, "A*");
        List<String> settings = List.of("auto-trust-anchor-file: \"" + file.toAbsolutePath() + "\"", "permit-small-holddown: yes",
            "add-holddown: " + HOLD_DOWN.toSeconds(), "cache-max-ttl: 1");
        try (SignedDns dns = world.served().start(); UnboundForwarder unbound = new UnboundForwarder(dns.address(), directory, settings)) {
            bothSay(world, file, "A valid");
            show(world, "A*", "B");
            bothSay(world, file, "A valid, B pending");
            world.passes(HOLD_DOWN.plusSeconds(1));
            show(world, "A*", "B");
            bothSay(world, file, "A valid, B valid");
            show(world, "A-", "B*", "C");
            bothSay(world, file, "A revoked, B valid, C pending");
            show(world, "A-", "B*");
            bothSay(world, file, "A revoked, B valid");
            assertThat(unbound.address()).isNotNull();
        }
    }

    private static void show(AnchorWorld world, String... keys) {
        List<String> tokens = new java.util.ArrayList<>(Arrays.asList(keys));
        // With a key that signs the data, so that Unbound answers.
        tokens.addAll(List.of("z", "(seconds", "1)"));
        assertThat(world.shows(tokens)).isTrue();
    }

    private static void bothSay(AnchorWorld world, Path file, String states) throws IOException, InterruptedException {
        assertThat(world.states()).isEqualTo(states);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!unbound(world, file).equals(states) && end - System.nanoTime() > 0) {
            Thread.sleep(100);
        }
        assertThat(unbound(world, file)).as(Files.readString(file)).isEqualTo(states);
    }

    private static String unbound(AnchorWorld world, Path file) throws IOException {
        Map<String, String> byName = new TreeMap<>();
        LINE.matcher(Files.readString(file)).results().forEach(line -> List.of("A", "B", "C").stream()
            .filter(name -> world.keyOf(name).publicKey().equals(line.group(3).replace(" ", "")))
            .forEach(name -> byName.put(name, STATES.get(Integer.parseInt(line.group(4))))));
        byName.values().removeIf("start"::equals);
        return String.join(", ", byName.entrySet().stream().map(each -> each.getKey() + " " + each.getValue()).toList());
    }
}
