/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dns.validating.AnchorSource;
import org.jamesdane.dns.validating.AnchorsStatus;
import org.jamesdane.dns.validating.ValidatorStatus;
import org.jamesdane.dns.validating.ValidatorStatus.UpstreamStatus;
import org.jamesdane.webadmin.Health.Level;
import org.junit.jupiter.api.Test;

class HealthTest {
    private Instant time = ClockWatch.EARLIEST.plus(Duration.ofDays(30));
    private long nanos = Long.MAX_VALUE - 5;
    private final ClockWatch watch = new ClockWatch(() -> time, () -> nanos);

    private static UpstreamStatus resolver(int number, boolean tested, boolean usable, boolean silent, Optional<String> advice) {
        try {
            InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) number});
            return new UpstreamStatus(new InetSocketAddress(address, 53), tested, usable, silent, advice);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static UpstreamStatus good(int number) {
        return resolver(number, true, true, false, Optional.empty());
    }

    private static ValidatorStatus status(Optional<String> anchors, UpstreamStatus... upstreams) {
        List<String> problems = new ArrayList<>();
        List<UpstreamStatus> list = List.of(upstreams);
        list.forEach(each -> each.advice().ifPresent(problems::add));
        anchors.ifPresent(problems::add);
        return new ValidatorStatus(list.stream().anyMatch(UpstreamStatus::usable), problems, list,
            AnchorsStatus.unmanaged(List.of(), AnchorSource.BUILT_IN), List.of(),
            new ValidatorStatus.Work(0, 0, 0, 0, 0), ValidatorStatus.Comparison.NONE);
    }

    private static Health health(ValidatorStatus status) {
        return Health.of(status, Optional.empty(), Optional.empty());
    }

    private void pass(Duration shown, Duration real) {
        time = time.plus(shown);
        nanos += real.toNanos();
    }

    @Test
    void shouldBeAsBadAsItsWorsePart() {
        Health queue = new Health(Health.Level.UNHEALTHY, List.of("The queue outgoing is not consumed."));

        Health both = new Health(Health.Level.DEGRADED, List.of("A resolver is silent.")).and(queue);

        assertThat(both.level()).isEqualTo(Health.Level.UNHEALTHY);
        assertThat(both.sentence()).isEqualTo("A resolver is silent. The queue outgoing is not consumed.");
    }

    @Test
    void shouldBeHealthyWhenAllPartsAre() {
        assertThat(health(status(Optional.empty(), good(1), good(2)))).isEqualTo(new Health(Level.HEALTHY, List.of()));
    }

    @Test
    void shouldBeDegradedWhenOneOfTwoResolversFailsItsTest() {
        Health health = health(status(Optional.empty(), resolver(1, true, false, false, Optional.of("It drops DNSSEC.")), good(2)));

        assertThat(health).isEqualTo(new Health(Level.DEGRADED, List.of("It drops DNSSEC.")));
    }

    @Test
    void shouldBeUnhealthyAndSayThatMailIsHeldWhenNoResolverPasses() {
        Health health = health(status(Optional.empty(), resolver(1, true, false, false, Optional.of("It drops DNSSEC."))));

        assertThat(health.level()).isEqualTo(Level.UNHEALTHY);
        assertThat(health.sentence()).isEqualTo("No DNS resolver can be used: mail is held, and neither ages nor bounces. It drops "
            + "DNSSEC.");
    }

    @Test
    void shouldBeUnhealthyWhileTheResolversAreBeingTested() {
        Health health = health(status(Optional.empty(), resolver(1, false, false, false, Optional.empty())));

        assertThat(health.level()).isEqualTo(Level.UNHEALTHY);
        assertThat(health.sentence()).contains("still being tested");
    }

    @Test
    void shouldTellAResolverThatIsSilentFromAllThatAre() {
        UpstreamStatus silent = resolver(1, true, true, true, Optional.empty());

        assertThat(health(status(Optional.empty(), silent, good(2)))).isEqualTo(new Health(Level.DEGRADED,
            List.of("The DNS resolver 127.0.0.1 does not reply at the moment; others are asked.")));
        assertThat(health(status(Optional.empty(), silent)).level()).isEqualTo(Level.UNHEALTHY);
    }

    @Test
    void shouldBeUnhealthyWhenTrustAnchorsWereRejected() {
        Health health = health(status(Optional.of("The file of trust anchors is empty."), good(1)));

        assertThat(health).isEqualTo(new Health(Level.UNHEALTHY, List.of("The file of trust anchors is empty.")));
    }

    @Test
    void shouldBeDegradedWhileTheJournalOfTrustAnchorsFails() {
        ValidatorStatus well = status(Optional.empty(), good(1));
        AnchorsStatus failing = new AnchorsStatus(List.of(), List.of("The journal cannot be written"),
            Optional.of(new AnchorsStatus.Journal("trust-anchors.json", true, false)));

        assertThat(health(new ValidatorStatus(true, List.of(), well.upstreams(), failing, List.of(), well.work(), well.comparison())))
            .isEqualTo(new Health(Level.DEGRADED, List.of("The journal cannot be written.")));
    }

    @Test
    void shouldBeDegradedWhenTheStoreIsOutOfOrder() {
        Health health = Health.of(status(Optional.empty(), good(1)), Optional.empty(),
            Optional.of(new Health(Health.Level.DEGRADED, List.of("The store is down."))));

        assertThat(health).isEqualTo(new Health(Level.DEGRADED, List.of("The store is down.")));
    }

    @Test
    void shouldCountTheClock() {
        time = ClockWatch.EARLIEST.minusSeconds(1);

        Health health = Health.of(status(Optional.empty(), good(1)), watch.look(), Optional.empty());

        assertThat(health.level()).isEqualTo(Level.UNHEALTHY);
        assertThat(health.sentence()).contains("The clock of this host says 2026-10-31T23:59:59Z");
    }

    @Test
    void shouldFindNoFaultWithAClockThatGoes() {
        for (int i = 0; i < 10; i++) {
            pass(Duration.ofMinutes(10).plusSeconds(i % 2 == 0 ? 50 : -50), Duration.ofMinutes(10));
            assertThat(watch.look()).isEmpty();
        }
    }

    @Test
    void shouldTellOfAClockThatWasSetForAnHour() {
        pass(Duration.ofMinutes(-50), Duration.ofMinutes(10));

        assertThat(watch.look()).hasValueSatisfying(health -> {
            assertThat(health.level()).isEqualTo(Level.DEGRADED);
            assertThat(health.sentence()).startsWith("The clock of this host was set back by 3600 s in the last hour");
        });
        pass(Duration.ofMinutes(59), Duration.ofMinutes(59));
        assertThat(watch.look()).isPresent();
        pass(Duration.ofMinutes(1), Duration.ofMinutes(1));
        assertThat(watch.look()).isEmpty();
        pass(Duration.ofMinutes(12), Duration.ofMinutes(10));
        assertThat(watch.look()).hasValueSatisfying(health -> assertThat(health.sentence()).contains("set forward by 120 s"));
    }
}
