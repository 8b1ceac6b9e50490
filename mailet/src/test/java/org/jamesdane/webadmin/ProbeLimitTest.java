/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;

import javax.inject.Singleton;

import org.jamesdane.dns.DomainName;
import org.junit.jupiter.api.Test;

class ProbeLimitTest {
    private static final DomainName DOMAIN = DomainName.of("example.org");

    private Instant now = Instant.parse("2026-11-01T00:00:00Z");
    private final ProbeLimit limit = new ProbeLimit(() -> now);

    private void after(Duration time) {
        now = now.plus(time);
    }

    @Test
    void shouldRefuseADomainThatWasJustProbedAndSayWhenItMayBeAgain() {
        limit.take(DOMAIN);
        after(Duration.ofSeconds(4));

        Refusal refusal = catchThrowableOfType(Refusal.class, () -> limit.take(DOMAIN));

        assertThat(refusal.status()).isEqualTo(429);
        assertThat(refusal.sentence()).isEqualTo("The hosts of example.org were probed less than 10 s ago.");
        assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(6));
        limit.take(DomainName.of("other.org"));
        after(Duration.ofSeconds(6));
        limit.take(DOMAIN);
    }

    /** Calls and tasks are made by different injectors of James, and count together. */
    @Test
    void shouldBeOneForCallsAndTasks() {
        assertThat(ProbeLimit.class).hasAnnotation(Singleton.class);
    }

    @Test
    void shouldRefuseMoreThanThirtyProbesInTenMinutes() {
        for (int i = 0; i < ProbeLimit.MAX_PROBES; i++) {
            limit.take(DomainName.of("d" + i + ".org"));
            limit.ended(DomainName.of("d" + i + ".org"));
            after(Duration.ofSeconds(1));
        }

        Refusal refusal = catchThrowableOfType(Refusal.class, () -> limit.take(DOMAIN));

        assertThat(refusal.sentence()).isEqualTo("There were 30 probes in the last 10 minutes; no more are allowed.");
        assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(570));
        after(Duration.ofSeconds(571));
        limit.take(DOMAIN);
        assertThat(catchThrowableOfType(Refusal.class, () -> limit.take(DomainName.of("more.org")))).isNotNull();
    }

    @Test
    void shouldRefuseAFifthProbeAtOnceUntilOneHasEnded() {
        for (int i = 0; i < ProbeLimit.AT_ONCE; i++) {
            limit.take(DomainName.of("d" + i + ".org"));
            after(Duration.ofSeconds(5));
        }

        Refusal refusal = catchThrowableOfType(Refusal.class, () -> limit.take(DOMAIN));

        assertThat(refusal.status()).isEqualTo(429);
        assertThat(refusal.sentence()).isEqualTo("4 probes are under way; no more are allowed at once.");
        assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(40));
        limit.ended(DomainName.of("d2.org"));
        limit.take(DOMAIN);
        assertThat(catchThrowableOfType(Refusal.class, () -> limit.take(DomainName.of("more.org")))).isNotNull();
        after(Duration.ofSeconds(40));
        assertThatCode(() -> limit.take(DomainName.of("more.org"))).as("the time of the first is over").doesNotThrowAnyException();
    }

    @Test
    void shouldNotStayLockedWhenTheClockIsSetBack() {
        limit.take(DOMAIN);
        after(Duration.ofDays(-1));

        assertThatCode(() -> limit.take(DOMAIN)).doesNotThrowAnyException();
    }
}
