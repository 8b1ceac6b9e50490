/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

import org.jamesdane.testing.peers.Waiting;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Mail from James and from Postfix to the same destinations. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PeersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TABLE = "peers-table.txt";

    private final boolean ipv6 = Peers.hasIpv6();
    private final World world = Catalogue.world(ipv6);
    private final List<Destination> destinations = world.destinations();
    private final Map<String, Map<Destination, Verdict>> verdicts = new LinkedHashMap<>();
    private final Map<Destination, String> fingers = new LinkedHashMap<>();
    private final Peers peers = new Peers(world);

    @BeforeAll
    void sendToAll(@TempDir Path directory) throws IOException {
        for (String name : List.of("james", "james-behind-validator")) {
            Path own = Files.createDirectory(directory.resolve(name));
            try (JamesSender sender = peers.james(name, name.equals("james") ? Peers.FORWARDING : Peers.VALIDATING, own)) {
                verdicts.put(sender.name(), sender.sendToAll(destinations));
            }
        }
        PostfixSender postfix = peers.postfix(ipv6);
        verdicts.put(postfix.name(), postfix.sendToAll(destinations));
        destinations.forEach(destination -> fingers.put(destination, postfix.finger(destination)));
        String table = new VerdictTable(destinations, verdicts, fingers, Divergences.read()).toString();
        System.out.println(table + (ipv6 ? "" : "SKIPPED: all destinations over IPv6, because this system has no fd25::1.\n"));
        Files.writeString(Path.of(System.getProperty("peers.target", "."), TABLE), table);
    }

    @AfterAll
    void end() {
        peers.close();
    }

    @Test
    void shouldBringEachMailWhereTheRfcDemands() {
        Map<String, String> expected = destinations.stream()
            .collect(Collectors.toMap(Destination::domain, destination -> destination.expected().toString()));

        assertThat(words("james")).containsExactlyInAnyOrderEntriesOf(expected);
    }

    @Test
    void shouldDecideTheSameBehindAResolverThatValidates() {
        assertThat(words("james-behind-validator")).containsExactlyInAnyOrderEntriesOf(words("james"));
    }

    @Test
    void shouldHandEachMailToTheRightHostOnceAndOverTlsWhereItSaysSo() {
        for (Destination destination : destinations) {
            String mark = "james to " + destination.domain();
            if (destination.taker().isPresent()) {
                assertThat(Waiting.until(() -> peers.arrived().containsKey(mark), PATIENCE)).as(mark).isTrue();
                String message = peers.arrived().getOrDefault(mark, "");
                boolean tls = destination.expected() != Verdict.Word.CLEAR;
                assertThat(message).as(mark).contains("by " + destination.taker().get().hostName()).doesNotContain("TWICE")
                    .containsPattern(tls ? "(?i)with e?smtps" : "(?i)with e?smtp\\b");
            }
        }
        assertThat(peers.arrived().keySet()).filteredOn(mark -> mark.startsWith("james to ")).containsExactlyInAnyOrderElementsOf(
            destinations.stream().filter(destination -> destination.taker().isPresent()).map(one -> "james to " + one.domain()).toList());
    }

    @Test
    void shouldAgreeWithPostfixExceptWhereTheDocumentationSaysWhy() {
        Map<String, String> ours = words("james");
        Map<String, String> theirs = words("postfix");
        List<String> differing = destinations.stream().map(Destination::domain)
            .filter(domain -> !String.valueOf(ours.get(domain)).equals(theirs.get(domain))).toList();

        // Our own word is held to the RFC above; Debian updates Postfix, which may come to agree with it.
        assertThat(Divergences.read().keySet()).as("domains of docs/divergences.md").isNotEmpty().containsAll(differing);
    }

    @Test
    void shouldFindThatPostfixVerifiesWhatPosttlsFingerVerifies() {
        // It looks at the first host only, which in one destination is the wrong one.
        List<String> verified = destinations.stream().map(Destination::domain).filter(domain -> !domain.equals("two.example"))
            .filter(domain -> "verified".equals(words("postfix").get(domain))).toList();

        assertThat(fingers.entrySet().stream().filter(entry -> entry.getValue().equals("Verified")).map(entry -> entry.getKey().domain()))
            .containsExactlyInAnyOrderElementsOf(verified);
    }

    @Test
    void shouldValidateAsUnboundDoes() throws ExecutionException, InterruptedException, TimeoutException {
        List<String> differing = new ArrayList<>();
        List<Question> questions = peers.dns().zones().stream().filter(zone -> zone.delegation() != Zone.Delegation.LAME)
            .flatMap(zone -> ValidationReferee.questions(zone).stream()).toList();
        for (String resolver : List.of(Peers.VALIDATING, Peers.FORWARDING)) {
            try (ValidationReferee referee = new ValidationReferee(Peers.VALIDATING, resolver, peers.dns().trustAnchors(),
                    Clock.systemUTC())) {
                for (Question question : questions) {
                    String unbound = referee.theirs(question);
                    String ours = referee.ours(question, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                    if (!unbound.equals(ours)) {
                        differing.add(question + ": Unbound says " + unbound + ", we say " + ours + " (asking " + resolver + ")");
                    }
                }
            }
        }

        System.out.println(questions.size() + " questions validated behind Unbound validating and not, and by Unbound itself");
        assertThat(questions).hasSizeGreaterThan(destinations.size());
        assertThat(differing).isEmpty();
    }

    private Map<String, String> words(String sender) {
        return verdicts.getOrDefault(sender, Map.of()).entrySet().stream()
            .collect(Collectors.toMap(entry -> entry.getKey().domain(), entry -> entry.getValue().word().toString()));
    }
}
