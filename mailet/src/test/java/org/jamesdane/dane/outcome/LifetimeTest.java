/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.policy.Policy;
import org.junit.jupiter.api.Test;

/** End of a mail's lifetime, and what a jump of the clock or a fault of our own does to it. */
class LifetimeTest extends OutcomeBed {
    @Test
    void shouldReturnAMailAtTheEndOfItsLifetimeOnly() {
        MailAge.LifetimeRule rule = new MailAge.LifetimeRule(Duration.ofDays(5));
        Outcome deferred = only(List.of(failed(FailureKind.NOT_AUTHENTICATED, "mx1")), Policy.DANE);
        MailAge age = MailAge.firstAttempt(NOW);

        assertThat(rule.apply(deferred, age, NOW.plus(Duration.ofDays(5)).minusMillis(1))).isSameAs(deferred);
        assertThat(rule.apply(deferred, age, NOW.plus(Duration.ofDays(5)))).isInstanceOfSatisfying(Outcome.Bounced.class, bounced -> {
            assertThat(bounced.reason().code()).hasToString("5.7.5");
            assertThat(bounced.recipient()).isEqualTo(RECIPIENT);
            assertThat(bounced.reason().text()).startsWith("Not delivered for 120 hours, the last time because: mx1: it failed");
            assertThat(bounced.reason().failures()).hasSize(1);
            assertThat(bounced.reason().ownFault()).isFalse();
        });
    }

    @Test
    void shouldNotReturnWhatIsDeliveredNorForAFaultOfOurOwn() {
        MailAge.LifetimeRule rule = new MailAge.LifetimeRule(Duration.ofSeconds(1));
        Outcome delivered = new Outcome.Delivered(RECIPIENT, "mx1", SecurityLabel.CLEAR, "250");
        Outcome own = only(List.of(), Policy.DANE);
        MailAge age = MailAge.firstAttempt(NOW);

        assertThat(rule.apply(delivered, age, NOW.plusSeconds(10))).isSameAs(delivered);
        assertThat(rule.apply(own, age, NOW.plusSeconds(10))).isSameAs(own);
        assertThatThrownBy(() -> new MailAge.LifetimeRule(Duration.ZERO)).hasMessageContaining("more than zero");
        assertThatThrownBy(() -> new MailAge.LifetimeRule(Duration.ofSeconds(-1))).hasMessageContaining("more than zero");
        assertThat(MailAge.LifetimeRule.DEFAULT_LIFETIME).isEqualTo(Duration.ofDays(5));
    }

    @Test
    void shouldNotAgeWhileWeAreAtFault() {
        MailAge age = MailAge.firstAttempt(NOW).afterAttempt(NOW.plusSeconds(10)).afterOwnFault(NOW.plusSeconds(20))
            .afterOwnFault(NOW.plusSeconds(50));
        assertThat(age.at(NOW.plusSeconds(15))).isEqualTo(Duration.ofSeconds(15));
        assertThat(age.at(NOW.plusSeconds(100))).isEqualTo(Duration.ofSeconds(20));

        MailAge again = age.afterAttempt(NOW.plusSeconds(100));
        assertThat(again.pausedAt()).isEmpty();
        assertThat(again.at(NOW.plusSeconds(100))).isEqualTo(Duration.ofSeconds(20));
        assertThat(again.at(NOW.plusSeconds(130))).isEqualTo(Duration.ofSeconds(50));
    }

    @Test
    void shouldSurviveAClockThatGoesBack() {
        assertThat(MailAge.firstAttempt(NOW).at(NOW.minusSeconds(100))).isEqualTo(Duration.ZERO);
        assertThat(MailAge.firstAttempt(NOW).afterOwnFault(NOW).afterAttempt(NOW.minusSeconds(5)).since()).isEqualTo(NOW);
    }

    @Test
    void shouldNotLetAJumpOfTheClockEndTheLifeOfAMail() {
        MailAge.LifetimeRule rule = new MailAge.LifetimeRule(Duration.ofDays(5));
        Outcome deferred = only(List.of(failed(FailureKind.UNREACHABLE, "mx1")), Policy.DANE);
        MailAge age = MailAge.firstAttempt(NOW).afterAttempt(NOW.plusSeconds(60));

        Instant tenYearsOn = NOW.plus(Duration.ofDays(3650));
        MailAge jumped = age.continuedAt(tenYearsOn, Duration.ofDays(1));
        assertThat(jumped.at(tenYearsOn)).isEqualTo(Duration.ofDays(1).plusSeconds(60));
        assertThat(rule.apply(deferred, jumped, tenYearsOn)).isSameAs(deferred);

        Instant back = NOW.plus(Duration.ofHours(1));
        MailAge again = jumped.continuedAt(back, Duration.ofDays(1));
        assertThat(again.at(back)).isEqualTo(Duration.ofDays(1).plusSeconds(60));
        assertThat(again.at(back.plusSeconds(5))).isEqualTo(Duration.ofDays(1).plusSeconds(65));
    }

    @Test
    void shouldAgeByTheTimeBetweenAttempts() {
        MailAge age = MailAge.firstAttempt(NOW);
        for (int hour = 1; hour <= 120; hour++) {
            age = age.continuedAt(NOW.plus(Duration.ofHours(hour)), Duration.ofDays(1));
        }

        assertThat(age.since()).isEqualTo(NOW);
        assertThat(age.at(NOW.plus(Duration.ofDays(5)))).isEqualTo(Duration.ofDays(5));
    }

    @Test
    void shouldStandStillOverAJumpWhileWeAreAtFault() {
        MailAge paused = MailAge.firstAttempt(NOW).afterOwnFault(NOW.plusSeconds(40));

        Instant later = NOW.plus(Duration.ofDays(700));
        MailAge again = paused.continuedAt(later, Duration.ofDays(1));
        assertThat(again.at(later)).isEqualTo(Duration.ofSeconds(40));
        assertThat(again.afterAttempt(later.plusSeconds(9)).at(later.plusSeconds(9))).isEqualTo(Duration.ofSeconds(40));
    }
}
