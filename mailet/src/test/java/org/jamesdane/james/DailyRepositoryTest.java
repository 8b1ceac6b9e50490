/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.apache.james.mailrepository.api.MailKey;
import org.apache.james.mailrepository.api.MailRepository;
import org.apache.james.mailrepository.api.MailRepositoryUrl;
import org.apache.james.server.core.MailImpl;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailHistory;
import org.junit.jupiter.api.Test;

/** Deferred mail in one repository of James for each day. */
class DailyRepositoryTest {
    private static final MailRepositoryUrl BASE = MailRepositoryUrl.from("cassandra://var/dane/deferred/n/outgoing");

    private final DelayIgnoringQueue queue = new DelayIgnoringQueue();
    private final Places.Repositories days = new Places.Repositories();
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
        assertThat(days.all.values()).allSatisfy(day -> assertThat(day.size()).isZero());
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
        assertThat(days.all.values()).allSatisfy(day -> assertThat(day.size()).isZero());
    }

    @Test
    void shouldNotReadOldDaysAgain() throws Exception {
        defer(open(), "mail");
        now = now.plus(Duration.ofDays(20));
        days.opened.clear();
        RepositoryDeferralStore store = open();
        store.releaseDue();

        assertThat(days.opened).containsExactly(BASE.asString() + "/2026-11-21");
        assertThat(store.list(new DeferredSelection.All(), 10).total()).isZero();
        assertThat(DailyRepository.isRead(BASE.asString() + "/2026-11-01", BASE.asString(), now)).isFalse();
        assertThat(DailyRepository.isRead(BASE.asString() + "/2026-11-20", BASE.asString(), now)).isTrue();
    }

    @Test
    void shouldRemoveWhatCouldNotBeStored() throws Exception {
        DailyRepository daily = new DailyRepository(days, BASE, () -> now);
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
        return new RepositoryDeferralStore(queue, new DailyRepository(days, BASE, () -> now), () -> now, false, 5,
            Duration.ofHours(1));
    }

    private MailRepository repository(String url) {
        return days.repository(url);
    }
}
