/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.DeliveryGate;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.retry.StorageRetryQueue;
import org.jamesdane.dns.RecordType;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.Recipient;
import org.junit.jupiter.api.Test;

/** Mail that a worker can not store, or whose sender it can not tell, at once. */
class WorkerStorageTest extends WorkerBed {
    @Test
    void shouldKeepAMailWhoseBounceFailedAndOnlyBounceItNextTime() {
        bouncesFail = true;
        work(FakeDns.signed().missing("example.com", RecordType.MX), TestMail.to("bob@example.com"));

        assertThat(events).containsExactly("failed in vain", "deferred", "done");
        FailureNotice pending = stored.get(0).history().pendingNotice().orElseThrow();
        assertThat(pending.code()).isEqualTo(EnhancedStatusCode.UNABLE_TO_ROUTE);

        events.clear();
        bouncesFail = false;
        work(servFail(), TestMail.to("bob@example.com").with(stored.get(0).history()));
        assertThat(events).containsExactly("failed", "done");
        assertThat(notices.get(0)).isEqualTo(pending);
    }

    @Test
    void shouldKeepAMailOnlyForThoseOfWhomItsSenderWasNotTold() {
        bouncesFail = true;
        toldBefore = Set.of("bob@example.com");
        work(FakeDns.signed().missing("example.com", RecordType.MX), TestMail.to("bob@example.com", "eve@example.com"));

        assertThat(stored).singleElement().satisfies(rest ->
            assertThat(rest.recipients()).extracting(Recipient::toString).containsExactly("eve@example.com"));
    }

    @Test
    void shouldStoreAgainAndAgainAndNeverTryTheMailAnewMeanwhile() {
        storeFails = true;
        pauses = 3;
        work(servFail(), TestMail.to("bob@example.com"));

        // Three pauses, then the server stops.
        assertThat(events).containsExactly("deferred in vain", "deferred in vain", "deferred in vain", "deferred in vain", "put back");
    }

    @Test
    void shouldSetAMailAsideThatCanNotBeStoredAndFinishItOnceItCan() {
        List<StorageRetryQueue.Work> taken = new ArrayList<>();
        aside = taken::add;
        storeFails = true;
        pauses = 100;
        assertThat(worker(servFail(), 0).process(new Item(TestMail.to("bob@example.com")), SitePass.FREE))
            .isEqualTo(new AttemptEnd.Ended(Reachability.FAILED, Reachability.UNKNOWN));
        StorageRetryQueue.Work work = taken.get(0);
        assertThat(pauses).isBetween(90, 99);
        assertThat(work.tryAgain()).isFalse();
        assertThat(events).containsOnly("deferred in vain");

        storeFails = false;
        assertThat(work.tryAgain()).isTrue();
        assertThat(events.subList(events.indexOf("deferred"), events.size())).containsExactly("deferred", "done");
        assertThat(stored.get(0).history().retries()).isEqualTo(1);
    }

    @Test
    void shouldPutBackAMailThatWasSetAsideWhenThisServerStops() {
        List<StorageRetryQueue.Work> taken = new ArrayList<>();
        aside = taken::add;
        storeFails = true;
        pauses = 100;
        work(servFail(), TestMail.to("bob@example.com"));

        taken.get(0).giveUp();
        assertThat(events.get(events.size() - 1)).isEqualTo("put back");
        assertThat(events).doesNotContain("done");
    }

    @Test
    void shouldNotForgetAFailureThatTheSenderIsOwedWhileTheMailIsHeld() {
        hold(TestMail.to("bob@example.com").with(MailHistory.NEW.owing(NOTICE)));

        assertThat(stored.get(0).history().pendingNotice()).contains(NOTICE);
    }

    @Test
    void shouldPutBackAMailThatCouldNotBeHeld() {
        storeFails = true;
        hold(TestMail.to("bob@example.com"));

        assertThat(events).containsExactly("deferred in vain", "put back");
    }

    @Test
    void shouldLeaveMailInTheQueueThatFailsWhileItStops() {
        // Open when the mail is begun, closed when it has failed.
        gate = new DeliveryGate() {
            private boolean closed;

            @Override
            public Optional<Hold> hold(Envelope envelope) {
                boolean before = closed;
                closed = true;
                return before ? Optional.of(new Hold("This server stops.", Duration.ZERO, true)) : Optional.empty();
            }
        };
        work(servFail(), TestMail.to("bob@example.com").with(tried(LIFETIME.plusDays(1), 3)));

        assertThat(events).containsExactly("put back");
        assertThat(stored).isEmpty();
    }
}
