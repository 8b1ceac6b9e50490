/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A journal or a clock that is wrong: a sentence says so, and the last good state stays. */
class AnchorBadInputTest {
    private static final Path JOURNAL = Path.of("/var/dane/trust-anchors.json");

    private final AnchorWorld world = new AnchorWorld("A", "B");

    /** A is revoked, B is in force, C waits. */
    private void roll() {
        world.shows(List.of("A*", "B"));
        world.passes(Duration.ofDays(1));
        world.shows(List.of("A-", "B*", "C"));
        assertThat(world.states()).isEqualTo("A revoked, B valid, C pending");
    }

    private Map<Path, String> files() {
        Map<Path, String> texts = new TreeMap<>();
        world.disk.files.forEach((path, octets) -> texts.put(path, new String(octets, UTF_8)));
        return texts;
    }

    private String warning() {
        assertThat(world.status().warnings()).hasSize(1);
        return world.status().warnings().get(0);
    }

    private AnchorsStatus.Journal journal() {
        return world.status().journal().orElseThrow();
    }

    @Test
    void shouldNeitherUseNorWriteAJournalOfAnotherRoot() {
        roll();
        Map<Path, String> kept = files();
        world.restart("Z");

        assertThat(world.states()).isEqualTo("Z valid");
        assertThat(warning()).isEqualTo("The journal /var/dane/trust-anchors.json is about the keys of another root than the trust anchors "
            + "given here; it is neither used nor written. Move it away if the root was replaced");
        assertThat(journal()).isEqualTo(new AnchorsStatus.Journal(JOURNAL.toString(), true, true));
        world.passes(Duration.ofDays(1));
        assertThat(world.shows(List.of("Z*", "Y"))).isTrue();
        assertThat(world.states()).isEqualTo("Y pending, Z valid");
        assertThat(files()).isEqualTo(kept);

        world.restart("A", "B");
        assertThat(world.states()).isEqualTo("A revoked, B valid, C pending");
        assertThat(world.status().warnings()).isEmpty();
    }

    @Test
    void shouldNeitherUseNorWriteAJournalOfANewerSchema() {
        roll();
        String newer = Objects.requireNonNull(files().get(JOURNAL)).replace("\"schema\":1", "\"schema\":9");
        world.disk.files.put(JOURNAL, newer.getBytes(UTF_8));
        Map<Path, String> kept = files();
        world.restart();

        assertThat(world.states()).isEqualTo("A valid, B valid");
        assertThat(warning()).contains("was written by a newer release (schema 9, known is 1)",
            "revocations that only it knows are unknown", "Go back to the newer release");
        world.passes(Duration.ofDays(1));
        world.shows(List.of("A-", "B*"));
        assertThat(files()).isEqualTo(kept);
    }

    @Test
    void shouldUseTheCopyBesideAHalfWrittenJournalAndSaySo() throws IOException {
        roll();
        world.journal("cut");
        world.restart();

        assertThat(world.states()).isEqualTo("A revoked, B valid, C pending");
        assertThat(warning()).contains("the file /var/dane/trust-anchors.json is damaged", "The other copy is used");
        assertThat(journal()).isEqualTo(new AnchorsStatus.Journal(JOURNAL.toString(), false, false));
        assertThat(files()).containsKey(Path.of(JOURNAL + ".damaged"));
    }

    @Test
    void shouldKeepTheStateUnderAClockThatIsAYearOff() {
        roll();
        for (Duration year : List.of(Duration.ofDays(365), Duration.ofDays(-365))) {
            world.setClock(year);
            world.restart();
            Map<Path, String> kept = files();
            world.passes(Duration.ofDays(1));
            assertThat(world.shows(List.of("B*", "D"))).as("no signature is of this time").isFalse();
            assertThat(world.states()).isEqualTo("A revoked, B valid, C pending");
            assertThat(files()).isEqualTo(kept);
            world.setClock(year.negated());
            world.restart();
        }
        world.passes(Duration.ofDays(1));
        assertThat(world.shows(List.of("A-", "B*", "C"))).isTrue();
        assertThat(world.states()).isEqualTo("A revoked, B valid, C pending");
    }

    @Test
    void shouldSayThatEarlierRevocationsAreUnknownWithoutAJournal() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(ManagedAnchors.class);
        log.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(log);
        try {
            AnchorWorld first = new AnchorWorld("A");
            assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).contains(
                "There is no journal of trust anchors yet (" + JOURNAL + "): revocations before now are unknown to this node");
            assertThat(first.status().journal()).contains(new AnchorsStatus.Journal(JOURNAL.toString(), false, true));
            assertThat(first.status().warnings()).isEmpty();
            log.list.clear();
            first.restart();
            assertThat(log.list).isEmpty();
            assertThat(first.status().journal()).contains(new AnchorsStatus.Journal(JOURNAL.toString(), false, false));
        } finally {
            logger.detachAppender(log);
            logger.setLevel(null);
        }
    }

    @Test
    void shouldLogOneErrorWhereNoAnchorIsLeft() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(ManagedAnchors.class);
        log.start();
        logger.addAppender(log);
        try {
            AnchorWorld alone = new AnchorWorld("A");
            alone.shows(List.of("A*"));
            alone.shows(List.of("A-", "C*"));
            alone.shows(List.of("A-", "C*"));
            assertThat(alone.states()).isEqualTo("A revoked, lost");
            assertThat(log.list).filteredOn(event -> event.getLevel() == Level.ERROR).singleElement().satisfies(event ->
                assertThat(event.getFormattedMessage()).endsWith("No trust anchor is left for the root: nothing is taken for secure or "
                    + "insecure, and mail waits"));
        } finally {
            logger.detachAppender(log);
        }
    }

    /** A given anchor is in force before its key is met. */
    @Test
    void shouldTellThatAGivenAnchorWasMetRevoked() {
        told();
        world.shows(List.of("A-", "B*"));

        assertThat(told()).containsExactly("A valid revoked, it was met revoked (RFC 5011 §2.1) by learned");
    }

    /** Each change of the states that are shown, and none besides. */
    @Test
    void shouldTellEachChangeOnce() {
        assertThat(told()).containsExactly("A - valid, it is given by built-in", "B - valid, it is given by built-in");
        roll();
        assertThat(told()).hasSize(2).anyMatch(change -> change.startsWith("A valid revoked, its owner has revoked it")
            && change.endsWith(" by learned")).anyMatch(change -> change.startsWith("C - pending, it is new in a validated set"));
        world.restart();
        assertThat(told()).isEmpty();

        world.restart("B", "C");
        assertThat(told()).containsExactly("C pending valid, it is given by built-in");
        world.restart("B");
        assertThat(told()).containsExactly("C valid -, it is given no longer by built-in");
    }

    private List<String> told() {
        List<String> told = world.changes().stream().map(change -> world.name(change.anchor()) + " "
            + change.from().map(AnchorState::word).orElse("-") + " " + change.to().map(AnchorState::word).orElse("-") + ", "
            + change.why() + " by " + change.by().word()).toList();
        world.changes().clear();
        return told;
    }
}
