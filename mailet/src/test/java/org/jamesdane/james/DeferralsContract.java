/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.apache.james.core.MailAddress;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.delivery.deferral.DeferredMail;
import org.jamesdane.delivery.deferral.DeferredMails;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailHistory;
import org.junit.jupiter.api.Test;

/** Rules for every form in which a node keeps deferred mail for itself, in front of a queue that ignores delays. */
abstract class DeferralsContract {
    static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    static final Duration DELAY = Duration.ofMinutes(5);
    static final Duration LONGEST_DELAY = Duration.ofHours(1);
    static final DeferredSelection ALL = new DeferredSelection.All();

    final DelayIgnoringQueue queue = new DelayIgnoringQueue();
    Instant now = NOON;

    /** The store of this run; releases at most five mails at once. */
    abstract DeferralBackend store();

    /** Puts back what is due. */
    abstract void releaseDue();

    /** Ends this run as a kill does, and begins another. */
    abstract void restart() throws Exception;

    /** Number of mails that are stored. */
    abstract long kept() throws Exception;

    final void defer(String name, Duration delay, String... recipients) throws Exception {
        JamesMail mail = Mails.outbound(Mails.mail(name, Mails.TEXT, recipients));
        store().defer(mail, mail.envelope().recipients(),
            new MailHistory(Optional.of(MailAge.firstAttempt(NOON)), 1, Optional.empty(), Optional.of("Why not.")), delay);
    }

    @Test
    void shouldGiveMailBackWhenItIsDueAndNotBefore() throws Exception {
        defer("mail-1", DELAY, "bob@example.com");

        now = NOON.plus(DELAY).minusMillis(1);
        releaseDue();
        assertThat(queue.mails()).isEmpty();

        now = NOON.plus(DELAY);
        releaseDue();
        assertThat(queue.names()).containsExactly("mail-1");
        assertThat(kept()).isZero();
        releaseDue();
        assertThat(queue.names()).hasSize(1);
    }

    @Test
    void shouldPutBackWhatIsDeferredAfterItWasDrained() throws Exception {
        defer("mail-1", DELAY, "bob@example.com");

        assertThat(store().drain()).isEqualTo(1);
        // An attempt that was under way ends.
        defer("mail-2", DELAY, "carol@example.com");
        releaseDue();

        assertThat(queue.names()).containsExactlyInAnyOrder("mail-1", "mail-2");
    }

    @Test
    void shouldKeepMailThatTheQueueDoesNotTake() throws Exception {
        defer("mail-1", DELAY, "bob@example.com");
        now = NOON.plus(DELAY);
        queue.breakDown();
        try (LoggedErrors errors = new LoggedErrors(store().getClass())) {
            releaseDue();
            now = now.plus(Duration.ofSeconds(30));
            releaseDue();
            assertThat(errors.sentences()).as("the queue is to blame, and is named once").singleElement().asString()
                .startsWith("The queue outgoing does not work: The broker is down.");
        }
        assertThat(kept()).isEqualTo(1);

        queue.repair();
        now = now.plus(Duration.ofSeconds(30));
        releaseDue();
        assertThat(queue.names()).containsExactly("mail-1");
        assertThat(kept()).isZero();
    }

    @Test
    void shouldPutBackInOneSecondOnlyAsManyAsTheQueueCanWorkOn() throws Exception {
        for (int i = 0; i < 12; i++) {
            defer("mail-" + i, DELAY.plusSeconds(i), "bob@example.com");
        }
        now = NOON.plus(Duration.ofHours(1));
        releaseDue();

        assertThat(queue.names()).containsExactly("mail-0", "mail-1", "mail-2", "mail-3", "mail-4");
    }

    @Test
    void shouldListByDomainAndRecipientInTheOrderOfTheirTimes() throws Exception {
        defer("later", DELAY.multipliedBy(2), "bob@example.com");
        defer("sooner", DELAY, "carol@Example.COM");
        defer("other", Duration.ZERO, "bob@example.org");

        DeferredMails.Listing listing = store().list(new DeferredSelection.OfDomain("EXAMPLE.com"), 10);
        assertThat(listing.mails()).extracting(DeferredMail::id).containsExactly("sooner", "later");
        assertThat(listing.mails().get(1)).isEqualTo(new DeferredMail("later", "outgoing", Optional.of("sender.example"),
            List.of("bob@example.com"), NOON.plus(DELAY.multipliedBy(2)),
            new DeferredMail.Progress(1, Optional.of(NOON), Optional.of("Why not."))));
        assertThat(store().list(new DeferredSelection.OfDomain("example.com"), 1).total()).isEqualTo(2);
        assertThat(store().list(new DeferredSelection.OfRecipient("CAROL@example.com"), 10).mails()).extracting(DeferredMail::id)
            .containsExactly("sooner");
        assertThat(store().list(new DeferredSelection.OfRecipient("carol@example.com"), 10).total()).isEqualTo(1);
        assertThat(store().list(ALL, 2).mails()).extracting(DeferredMail::id).containsExactly("other", "sooner");
    }

    @Test
    void shouldReleaseTheMailOfADomainAlone() throws Exception {
        defer("mine", DELAY, "bob@example.com");
        defer("other", DELAY, "bob@example.org");

        assertThat(store().release(new DeferredSelection.OfDomain("example.com"))).isEqualTo(1);
        releaseDue();
        assertThat(queue.names()).containsExactly("mine");

        assertThat(store().release(ALL)).isEqualTo(1);
        releaseDue();
        assertThat(queue.names()).containsExactly("mine", "other");
    }

    @Test
    void shouldNotMakeMailWaitForAsLongAsAClockWasAheadThatIsSetBack() throws Exception {
        now = NOON.plus(Duration.ofDays(30));
        defer("before", DELAY, "bob@example.com");
        restart();
        defer("after", DELAY, "bob@example.com");
        now = NOON;
        releaseDue();
        assertThat(store().list(ALL, 10).mails()).extracting(DeferredMail::nextTry)
            .containsExactly(NOON.plus(LONGEST_DELAY), NOON.plus(LONGEST_DELAY));

        now = NOON.plus(LONGEST_DELAY).minusMillis(1);
        releaseDue();
        assertThat(queue.mails()).isEmpty();
        now = NOON.plus(LONGEST_DELAY);
        releaseDue();
        assertThat(queue.names()).containsExactlyInAnyOrder("before", "after");
    }

    @Test
    void shouldDeleteOneRecipientAndKeepTheOthers() throws Exception {
        defer("both", DELAY, "bob@example.com", "carol@example.com");
        defer("bobs", DELAY, "bob@example.com");
        defer("carols", DELAY, "carol@example.com");

        assertThat(store().delete(new DeferredSelection.OfRecipient("bob@example.com"))).isEqualTo(2);
        restart();
        now = NOON.plus(DELAY);
        releaseDue();

        assertThat(queue.names()).containsExactlyInAnyOrder("both", "carols");
        assertThat(queue.mails()).allSatisfy(mail ->
            assertThat(mail.getRecipients()).extracting(MailAddress::asString).containsExactly("carol@example.com"));
        assertThat(queue.mails()).allSatisfy(mail -> assertThat(Mails.octets(mail)).isEqualTo(Mails.TEXT));
    }
}
