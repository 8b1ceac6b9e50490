/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.outcome.HostFailureHistory;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.smtp.Recipient;
import org.junit.jupiter.api.Test;

/** Notices to a sender, of a failure and of a delay. */
class WorkerNoticesTest extends WorkerBed {
    @Test
    void shouldTellASenderOnlyOfThePendingFailure() {
        work(servFail(), TestMail.to("bob@example.com").with(MailHistory.NEW.owing(NOTICE)));

        assertThat(events).containsExactly("failed", "done");
        assertThat(notices).containsExactly(NOTICE);
    }

    @Test
    void shouldSayInTheLastBounceWhatFailedAtWhichHostAndSinceWhen() {
        work(servFail(), TestMail.to("bob@example.com"));
        HostFailureHistory first = stored.get(0).history().hosts();
        assertThat(first.entries()).singleElement().satisfies(entry -> assertThat(entry.since()).isEqualTo(NOW));

        MailHistory old = tried(LIFETIME, 9);
        HostFailureHistory since = HostFailureHistory.decode(first.encode().replace("2026-11-01", "2026-10-27"));
        work(servFail(), TestMail.to("bob@example.com")
            .with(new MailHistory(old.age(), old.retries(), new MailHistory.Notices(old.pendingNotice(), false), Optional.empty(), since,
                Optional.empty(), MailHistory.OwnFaults.NONE)));

        assertThat(notices.get(0).text()).contains("What was tried:").contains("2 times since 2026-10-27T12:00:00Z")
            .contains("example.com: the MX records of example.com could not be looked up");
        assertThat(notices.get(0).recipients()).singleElement().satisfies(failure -> {
            assertThat(failure.recipient()).isEqualTo("bob@example.com");
            assertThat(failure.host()).isEqualTo("example.com");
            assertThat(failure.code()).isEqualTo(new EnhancedStatusCode(5, 4, 3));
        });
    }

    @Test
    void shouldTellOnceThatAMailTakesLong() {
        delayNotice = Optional.of(Duration.ofHours(4));
        work(servFail(), TestMail.to("bob@example.com").with(tried(Duration.ofHours(4).minusSeconds(1), 5)));
        assertThat(events).containsExactly("deferred", "done");

        events.clear();
        work(servFail(), TestMail.to("bob@example.com").with(tried(Duration.ofHours(4), 5)));
        assertThat(events).containsExactly("delayed until 2026-11-06T08:00:00Z", "deferred", "done");
        assertThat(notices.get(0).code()).isEqualTo(EnhancedStatusCode.NAME_SERVICE_FAILED);
        assertThat(notices.get(0).text()).contains("after 4 hours")
            .contains("example.com: the MX records of example.com could not be looked up");

        events.clear();
        work(servFail(), TestMail.to("bob@example.com").with(stored.get(0).history()));
        assertThat(events).containsExactly("deferred", "done");
    }

    @Test
    void shouldTellOfDelayOnlyThoseWhoWantToHear() {
        // RFC 3461 §5.2.5 (b) and (c)
        delayNotice = Optional.of(Duration.ofHours(4));
        for (Recipient.Notify wish : List.of(Recipient.Notify.NEVER, Recipient.Notify.FAILURE, Recipient.Notify.SUCCESS)) {
            events.clear();
            work(servFail(), TestMail.to("bob@example.com").notifying(wish).with(tried(Duration.ofHours(5), 5)));
            assertThat(events).as("%s", wish).containsExactly("deferred", "done");
        }
        events.clear();
        work(servFail(), TestMail.to("bob@example.com").notifying(Recipient.Notify.DELAY).with(tried(Duration.ofHours(5), 5)));
        assertThat(events).hasSize(3);
    }

    @Test
    void shouldTellOfDelayWithTheNextAttemptIfItFailed() {
        delayNotice = Optional.of(Duration.ofHours(4));
        bouncesFail = true;
        work(servFail(), TestMail.to("bob@example.com").with(tried(Duration.ofHours(4), 5)));

        assertThat(events).containsExactly("delayed in vain", "deferred", "done");
        assertThat(stored.get(0).history().notices().delayTold()).isFalse();
    }
}
