/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.apache.james.mailrepository.api.MailKey;
import org.apache.james.mailrepository.api.MailRepository;
import org.apache.james.mailrepository.api.MailRepositoryPath;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.mailrepository.api.MailRepositoryUrl;
import org.apache.james.mailrepository.api.Protocol;
import org.apache.james.mailrepository.memory.MemoryMailRepository;
import org.apache.james.server.core.MailImpl;
import org.jamesdane.delivery.DeferredSelection;
import org.jamesdane.delivery.MailHistory;
import org.junit.jupiter.api.Test;

/** Deferred mail in one repository of James for each day. */
class DailyRepositoryTest {
    private static final MailRepositoryUrl BASE = MailRepositoryUrl.from("cassandra://var/dane/deferred/n/outgoing");

    private final DelayIgnoringQueue queue = new DelayIgnoringQueue();
    private final Map<String, MailRepository> all = new LinkedHashMap<>();
    private final List<String> opened = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-01T23:59:00Z");

    @Test
    void shouldStoreInTheRepositoryOfTheDay() throws Exception {
        RepositoryDeferralStore store = open();
        defer(store, "before");
        now = now.plusSeconds(120);
        defer(store, "after");

        assertThat(repository(BASE.asString() + "/2026-11-01").size()).isEqualTo(1);
        assertThat(repository(BASE.asString() + "/2026-11-02").size()).isEqualTo(1);
        now = now.plusSeconds(600);
        store.releaseDue();
        assertThat(queue.names()).containsExactly("before", "after");
        assertThat(all.values()).allSatisfy(day -> assertThat(day.size()).isZero());
    }

    @Test
    void shouldFindMailOfEarlierDaysAndOfNoDayAfterAStart() throws Exception {
        MailImpl older = DeferralCopy.of(Mails.mail("older", Mails.TEXT, "bob@example.com"), "older",
            List.of(Mails.address("bob@example.com")));
        DeferralCopy.setDue(older, now);
        repository(BASE.asString()).store(older);
        defer(open(), "yesterday");
        now = now.plus(Duration.ofDays(1));

        RepositoryDeferralStore store = open();
        store.releaseDue();
        assertThat(queue.names()).containsExactlyInAnyOrder("older", "yesterday");
        assertThat(all.values()).allSatisfy(day -> assertThat(day.size()).isZero());
    }

    @Test
    void shouldNotReadOldDaysAgain() throws Exception {
        defer(open(), "mail");
        now = now.plus(Duration.ofDays(20));
        opened.clear();
        RepositoryDeferralStore store = open();
        store.releaseDue();

        assertThat(opened).containsExactly(BASE.asString() + "/2026-11-21");
        assertThat(store.list(new DeferredSelection.All(), 10).total()).isZero();
        assertThat(DailyRepository.isRead(BASE.asString() + "/2026-11-01", BASE.asString(), now)).isFalse();
        assertThat(DailyRepository.isRead(BASE.asString() + "/2026-11-20", BASE.asString(), now)).isTrue();
    }

    @Test
    void shouldRemoveWhatCouldNotBeStored() throws Exception {
        DailyRepository daily = new DailyRepository(new Days(), BASE, () -> now);
        MailImpl mail = Mails.mail("half", Mails.TEXT, "bob@example.com");
        repository(BASE.asString() + "/2026-11-01").store(mail);
        daily.remove(new MailKey("half"));
        assertThat(repository(BASE.asString() + "/2026-11-01").size()).isZero();
    }

    private void defer(RepositoryDeferralStore store, String name) throws Exception {
        MailImpl mail = Mails.mail(name, Mails.TEXT, "bob@example.com");
        store.defer(Mails.outbound(mail), Mails.outbound(mail).envelope().recipients(), MailHistory.NEW, Duration.ofMinutes(5));
    }

    private RepositoryDeferralStore open() throws Exception {
        return new RepositoryDeferralStore(queue, new DailyRepository(new Days(), BASE, () -> now), () -> now, false, 5,
            Duration.ofHours(1));
    }

    private MailRepository repository(String url) {
        return all.computeIfAbsent(url, key -> new MemoryMailRepository());
    }

    private final class Days implements MailRepositoryStore {
        @Override
        public MailRepository select(MailRepositoryUrl url) {
            opened.add(url.asString());
            return repository(url.asString());
        }

        @Override
        public Optional<Protocol> defaultProtocol() {
            return Optional.empty();
        }

        @Override
        public Optional<MailRepository> get(MailRepositoryUrl url) {
            return Optional.ofNullable(all.get(url.asString()));
        }

        @Override
        public Stream<MailRepository> getByPath(MailRepositoryPath path) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Stream<MailRepositoryUrl> getUrls() {
            return List.copyOf(all.keySet()).stream().map(MailRepositoryUrl::from);
        }
    }
}
