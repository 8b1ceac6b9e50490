/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.destination.RecentSuccesses;
import org.jamesdane.delivery.destination.SiteKey;
import org.junit.jupiter.api.Test;

/** Turns of destinations that share their hosts. */
class SitesTest {
    private static final int PER_SITE = 20;
    private static final Dispatcher.Limits LIMITS = new Dispatcher.Limits(200, 20, PER_SITE);
    private static final Duration QUICK = Duration.ofMillis(100);
    private static final Duration SILENCE = Duration.ofMinutes(5);
    private static final Duration LONG = Duration.ofHours(2);
    private static final SiteKey PROVIDER = SiteKey.of(List.of("mx1.provider.example", "mx2.provider.example"), 25);
    private static final AttemptEnd.Ended TAKEN = new AttemptEnd.Ended(Reachability.REACHED, Reachability.REACHED);
    private static final AttemptEnd.Ended HOSTS_FAILED = new AttemptEnd.Ended(Reachability.UNKNOWN, Reachability.FAILED);
    private static final AttemptEnd.Ended PAIR_FAILED = new AttemptEnd.Ended(Reachability.FAILED, Reachability.UNKNOWN);

    private final SimulatedPlaces world = world(TestSuccesses.ALL);

    private static SimulatedPlaces world(RecentSuccesses successes) {
        SimulatedPlaces world = new SimulatedPlaces(LIMITS, successes);
        world.sites = domain -> domain.startsWith("other") ? Optional.empty() : Optional.of(PROVIDER);
        return world;
    }

    @Test
    void shouldOpenNoMoreThanTheLimitForManyDomainsOfASite() {
        world.submit(10_000, "domain", 10_000, QUICK, TAKEN);

        world.until(now -> now.ended("domain") == 10_000, LONG);
        assertThat(world.ended("domain")).isEqualTo(10_000);
        assertThat(world.most).containsEntry(PROVIDER, PER_SITE);
    }

    @Test
    void shouldSendToManyDomainsOfASiteAsFastAsToOneDomain() {
        SimulatedPlaces one = world(TestSuccesses.ALL);
        one.submit(10_000, "one", 1, QUICK, TAKEN);
        Duration alone = one.until(now -> now.ended("one") == 10_000, LONG);
        world.submit(10_000, "domain", 10_000, QUICK, TAKEN);
        Duration together = world.until(now -> now.ended("domain") == 10_000, LONG);

        assertThat(alone.toMillis() / (double) together.toMillis()).isGreaterThan(0.99);
    }

    @Test
    void shouldSendToManyNewDomainsOfASiteAsFastAsToOneNewDomain() {
        SimulatedPlaces one = world(new TestSuccesses("new"));
        one.submit(10_000, "new", 1, QUICK, TAKEN);
        Duration alone = one.until(now -> now.ended("new") == 10_000, LONG);
        SimulatedPlaces many = world(new TestSuccesses("new"));
        many.submit(10_000, "new", 10_000, QUICK, TAKEN);
        Duration together = many.until(now -> now.ended("new") == 10_000, LONG);

        assertThat(alone.toMillis() / (double) together.toMillis()).isGreaterThan(0.99);
    }

    @Test
    void shouldLetMailsGoToOtherHostsBesideASlowSite() {
        world.submit(10_000, "domain", 10_000, QUICK.multipliedBy(100), TAKEN);
        world.submit(1000, "other", 100, QUICK, TAKEN);

        Duration others = world.until(now -> now.ended("other") == 1000, LONG);
        assertThat(others).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void shouldTakeTurnsBetweenTheDomainsOfASite() {
        world.submit(300, "big", 1, QUICK, TAKEN);
        world.submit(20, "small", 20, QUICK, TAKEN);

        world.until(now -> now.ended("small") == 20, LONG);
        assertThat(world.ended("big")).isLessThan(100);
    }

    @Test
    void shouldLearnASiteByOneYieldedTurnOfADomain() {
        world.submit(1000, "domain", 500, QUICK, TAKEN);

        world.until(now -> now.ended("domain") == 1000, LONG);
        assertThat(world.yielded).isBetween(1, 500);
        int before = world.yielded;
        world.submit(500, "domain", 500, QUICK, TAKEN);
        world.until(now -> now.ended("domain") == 1500, LONG);
        assertThat(world.yielded).isEqualTo(before);
    }

    @Test
    void shouldKeepTheLimitOfASiteWithFollowers() {
        world.following = true;
        world.submit(10_000, "domain", 10, QUICK, TAKEN);

        assertThat(world.until(now -> now.ended("domain") == 10_000, LONG)).isLessThan(LONG);
        assertThat(world.followed).isGreaterThan(1000);
        assertThat(world.most).containsEntry(PROVIDER, PER_SITE);
        assertNothingUnderWay();
    }

    @Test
    void shouldTakeTurnsBetweenTheDomainsOfASiteWithFollowers() {
        world.following = true;
        world.submit(300, "big", 1, QUICK, TAKEN);
        world.submit(20, "small", 20, QUICK, TAKEN);

        world.until(now -> now.ended("small") == 20, LONG);
        assertThat(world.ended("big")).isLessThan(100);
        world.until(now -> now.ended("big") == 300, LONG);
        assertNothingUnderWay();
    }

    @Test
    void shouldCountNothingAfterFollowersOfFailingMails() {
        world.following = true;
        world.submit(300, "junk", 3, QUICK, PAIR_FAILED);
        world.submit(300, "down", 3, QUICK, HOSTS_FAILED);
        world.submit(300, "good", 3, QUICK, TAKEN);

        assertThat(world.until(now -> now.ended("junk") == 300 && now.ended("down") == 300 && now.ended("good") == 300,
            Duration.ofDays(10))).isLessThan(Duration.ofDays(10));
        assertThat(world.followed).isPositive();
        assertThat(world.most.get(PROVIDER)).isLessThanOrEqualTo(PER_SITE);
        assertNothingUnderWay();
    }

    private void assertNothingUnderWay() {
        DispatchStatus status = world.turns.status();
        assertThat(status.underWay()).isZero();
        assertThat(status.waiting()).isZero();
        assertThat(status.shared().doubtful()).isZero();
        assertThat(status.sites().busiest()).allSatisfy(site -> assertThat(site.underWay()).isZero());
        assertThat(world.atSite).allSatisfy((site, places) -> assertThat(places).isZero());
    }

    @Test
    void shouldPauseASiteWhoseHostsFail() {
        world.submit(1000, "domain", 1000, SILENCE, HOSTS_FAILED);

        world.until(now -> now.turns.status().sites().paused() == 1, LONG);
        assertThat(world.ended("domain")).isBetween(3, 30);
        world.until(now -> false, Duration.ofMinutes(20));
        assertThat(world.ended("domain")).isBetween(3, 30);
        assertThat(world.held).isGreaterThan(900);
        assertThat(world.turns.site(PROVIDER)).hasValueSatisfying(site -> assertThat(site.paused()).isTrue());
        assertThat(world.turns.site(SiteKey.of(List.of("mx.other.example"), 25))).isEmpty();
    }

    @Test
    void shouldSendToASiteAgainThatIsBack() {
        world.submit(100, "domain", 100, QUICK, HOSTS_FAILED);
        world.until(now -> now.turns.status().sites().paused() == 1, LONG);
        world.queue.clear();
        world.submit(1000, "back", 1000, QUICK, TAKEN);

        assertThat(world.until(now -> now.ended("back") == 1000, LONG)).isLessThan(Duration.ofMinutes(10));
    }

    @Test
    void shouldNotPauseASiteForStrangersWithWrongRecords() {
        world.submit(10_000, "junk", 10_000, QUICK, PAIR_FAILED);
        world.submit(100, "customer", 1, QUICK, TAKEN);

        world.until(now -> now.ended("customer") == 100, LONG);
        assertThat(world.turns.status().sites().paused()).isZero();
        assertThat(world.ended("junk")).isLessThan(10_000);
        world.until(now -> now.ended("junk") == 10_000, LONG);
        assertThat(world.turns.status().sites().paused()).isZero();
    }

    @Test
    void shouldNotPauseASiteForOneDomainThatItRefuses() {
        world.submit(2000, "refused", 1, QUICK, TAKEN);
        world.submit(100, "customer", 1, QUICK, TAKEN);

        assertThat(world.until(now -> now.ended("customer") == 100, LONG)).isLessThan(Duration.ofSeconds(30));
        assertThat(world.turns.status().sites().paused()).isZero();
    }

    @Test
    void shouldPauseADomainAloneWhoseRecordsAreWrong() {
        world.submit(10, "wrong", 1, QUICK, PAIR_FAILED);
        world.until(now -> now.held > 0, LONG);
        world.submit(100, "customer", 1, QUICK, TAKEN);

        assertThat(world.until(now -> now.ended("customer") == 100, LONG)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void shouldCountADomainAtItsNewSiteOnceItsMxRecordsChanged() {
        SiteKey other = SiteKey.of(List.of("mx.other.example"), 25);
        world.submit(100, "domain", 1, QUICK, TAKEN);
        world.until(now -> now.ended("domain") == 50, LONG);
        world.sites = domain -> Optional.of(other);

        world.until(now -> now.ended("domain") == 100, LONG);
        assertThat(world.most).containsKey(other);
        assertThat(world.turns.status().sites().busiest()).allMatch(site -> site.underWay() == 0);
    }

    @Test
    void shouldForgetSitesThatNoMailIsInHandFor() {
        world.sites = domain -> Optional.of(SiteKey.of(List.of("mx." + domain), 25));
        world.submit(20_000, "domain", 20_000, QUICK, TAKEN);

        world.until(now -> now.ended("domain") == 20_000, LONG);
        assertThat(world.turns.status().sites().known()).isLessThan(200);
    }

    @Test
    void shouldBoundTheFailingSitesThatAreRemembered() {
        world.sites = domain -> Optional.of(SiteKey.of(List.of("mx." + domain), 25));
        world.submit(15_000, "dead", 15_000, QUICK, HOSTS_FAILED);

        world.until(now -> now.ended("dead") == 15_000, LONG);
        world.until(now -> false, Duration.ofSeconds(2));
        assertThat(world.turns.status().sites().known()).isLessThanOrEqualTo(10_000);
    }

    @Test
    void shouldSendToManyRecipientsBehindTenSitesAtTheirLimits() {
        world.sites = domain -> Optional.of(SiteKey.of(List.of("mx" + Math.floorMod(domain.hashCode(), 10) + ".provider.example"), 25));
        world.submit(200_000, "recipient", 200_000, QUICK, TAKEN);

        Duration all = world.until(now -> now.ended("recipient") == 200_000, LONG);
        assertThat(world.most.values()).allMatch(most -> most <= PER_SITE);
        assertThat(all).isLessThan(QUICK.multipliedBy(200_000 / 200).multipliedBy(2));
    }
}
