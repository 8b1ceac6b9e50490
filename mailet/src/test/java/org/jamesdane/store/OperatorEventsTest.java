/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.dane.policy.Policy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stream of what operators and automations change: from a change to the line that tells of it. */
class OperatorEventsTest {
    private static final OperatorEvent.By BOB = new OperatorEvent.By("bob@provider.example", "the peer is mended");

    private final Path directory;
    private final InstantSource clock = () -> this.now;
    private final OperatorEvents events;
    private final StoreThread thread = new StoreThread(Duration.ofSeconds(20));
    private final OperatorSettings settings;
    private Instant now = Instant.parse("2026-12-01T12:00:00Z");

    OperatorEventsTest(@TempDir Path directory) {
        this.directory = directory;
        this.events = new OperatorEvents(directory, "node1", clock);
        this.settings = new OperatorSettings(new FileSettingStore(directory), new LastKnownSettings(directory.resolve("copy")),
            new OperatorSettings.Rules(Policy.DANE, false, () -> Duration.between(Instant.EPOCH, now).toNanos()), thread, clock);
    }

    @BeforeEach
    void start() {
        settings.tellTo(events);
        settings.start();
    }

    @AfterEach
    void stop() {
        thread.close();
    }

    private Setting policy(String domain, String word, Optional<Instant> expiry) {
        return new Setting(SettingKind.POLICY, domain, word, "ticket 17", "alice@provider.example", expiry, now);
    }

    private Setting negative(String zone) {
        return new Setting(SettingKind.NEGATIVE_TRUST_ANCHOR, zone, "", "ticket 18", "alice@provider.example",
            Optional.of(now.plus(Duration.ofDays(1))), now);
    }

    private List<Map<String, Object>> told() throws StoreException {
        return events.newest(event -> true, 100).stream().map(OperatorEvent::tree).toList();
    }

    @Test
    void shouldTellWhoSetWhatWhenWhyAndWhere() throws Exception {
        settings.put(policy("example.com", "may", Optional.of(now.plus(Duration.ofDays(2)))));

        assertThat(told()).containsExactly(Map.of("schema", 1, "time", "2026-12-01T12:00:00Z", "node", "node1", "kind", "policy",
            "name", "example.com", "action", "set", "value", "may, until 2026-12-03T12:00:00Z", "owner", "alice@provider.example",
            "reason", "ticket 17"));
    }

    @Test
    void shouldTellWhoRemovedItAndNotWhoHadSetIt() throws Exception {
        settings.put(negative("broken.example"));
        now = now.plusSeconds(60);
        settings.remove(SettingKind.NEGATIVE_TRUST_ANCHOR, "broken.example", Expectation.NONE, Optional.of(BOB));
        settings.remove(SettingKind.NEGATIVE_TRUST_ANCHOR, "broken.example", Expectation.NONE, Optional.of(BOB));

        assertThat(told()).extracting(event -> event.get("action")).containsExactly("removed", "set");
        assertThat(told().get(0)).containsEntry("kind", "negative-trust-anchor").containsEntry("owner", "bob@provider.example")
            .containsEntry("reason", "the peer is mended").containsEntry("time", "2026-12-01T12:01:00Z");
    }

    @Test
    void shouldTellOfWhatEndedByItself() throws Exception {
        settings.put(policy("example.com", "may", Optional.of(now.plusSeconds(60))));
        settings.put(negative("broken.example"));
        settings.recovered("broken.example", now.plus(Duration.ofDays(1)));
        thread.call("waiting", () -> true);
        for (int day = 0; day < 10; day++) {
            now = now.plus(Duration.ofDays(1));
            settings.refresh();
        }

        assertThat(told()).extracting(event -> event.get("kind") + " " + event.get("action"))
            .containsExactlyInAnyOrder("policy set", "negative-trust-anchor set", "negative-trust-anchor recovered", "policy expired");
        assertThat(told()).filteredOn(event -> !"set".equals(event.get("action"))).noneMatch(event -> event.containsKey("owner"));
    }

    @Test
    void shouldTellThatNoPoliciesIsRight() throws Exception {
        settings.acceptEmpty();

        assertThat(told()).singleElement().satisfies(event -> assertThat(event).containsEntry("action", "none-confirmed")
            .containsEntry("value", "dane"));
    }

    @Test
    void shouldTellNothingOfWhatWasRefused() {
        assertThatThrownBy(() -> settings.put(policy("example.com", "may", Optional.empty()), new Expectation(
            Optional.of(java.util.Set.of("another")), Optional.empty()))).isInstanceOf(StoreException.class);

        assertThat(directory.resolve("operator-events.jsonl")).doesNotExist();
    }

    @Test
    void shouldShowTheNewestOfThoseWanted() throws Exception {
        for (int i = 0; i < 5; i++) {
            events.tell(OperatorEvent.Kind.TRUST_ANCHOR, "key " + i, "added", Optional.empty(), Optional.empty());
            events.tell(OperatorEvent.Kind.CONFIGURATION, "file " + i, "changed", Optional.empty(), Optional.empty());
        }

        assertThat(events.newest(event -> event.kind() == OperatorEvent.Kind.TRUST_ANCHOR, 2)).extracting(OperatorEvent::name)
            .containsExactly("key 4", "key 3");
    }

    @Test
    void shouldReadWhatALaterStartFinds() throws Exception {
        settings.put(policy("example.com", "may", Optional.empty()));
        Path file = directory.resolve("operator-events.jsonl");
        Files.writeString(file, "{\"kind\":\"of a newer version\",\"time\":\"2026-12-01T12:00:00Z\"}\n{\"kind\":\"pol",
            StandardOpenOption.APPEND);
        OperatorEvents later = new OperatorEvents(directory, "node1", clock);
        later.tell(OperatorEvent.Kind.POLICY, "example.org", "set", Optional.empty(), Optional.empty());

        assertThat(later.newest(event -> true, 10)).extracting(OperatorEvent::name).containsExactly("example.org", "example.com");
    }

    @Test
    void shouldLetAChangeHoldThatCouldNotBeTold() throws Exception {
        Files.createDirectory(directory.resolve("operator-events.jsonl"));
        settings.put(policy("example.com", "may", Optional.empty()));

        assertThat(settings.find(SettingKind.POLICY, "example.com")).isPresent();
        assertThat(events.problem().orElseThrow()).contains("operator-events.jsonl").contains("see that the disk has room");
        Files.delete(directory.resolve("operator-events.jsonl"));
        settings.remove(SettingKind.POLICY, "example.com");
        assertThat(events.problem()).isEmpty();
    }
}
