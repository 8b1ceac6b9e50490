/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

import org.jamesdane.delivery.destination.Reachability;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Places of destinations without a success, and of the items of one mail, beside mail for destinations that are well. */
class SharesTest {
    private static final int PLACES = 20;
    private static final int QUARTER = PLACES / 4;
    private static final Duration SILENCE = Duration.ofMinutes(5);
    private static final Duration QUICK = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofHours(1);

    private final SimulatedPlaces world = new SimulatedPlaces(new Dispatcher.Limits(PLACES, PLACES), new TestSuccesses("new"));

    @ParameterizedTest
    @ValueSource(ints = {20, 60, 600, 5000})
    void shouldLeaveThreeQuartersToOthersBesideDeadOnes(int dead) {
        world.submit(dead, "new-dead", dead, SILENCE, Reachability.FAILED);
        world.submit(3000, "live", 20, QUICK, Reachability.REACHED);

        assertThreeQuartersForOthers("new-dead", 3000);
    }

    @Test
    void shouldLeaveNoMoreThanAQuarterToDoubtfulOnesWithFollowers() {
        world.following = true;
        world.submit(3000, "new-slow", 30, QUICK.multipliedBy(5), Reachability.UNKNOWN);
        world.submit(20_000, "live", 20, QUICK, Reachability.REACHED);
        world.until(now -> now.ended("live") > 0, LONG);
        int before = world.followed;

        world.until(now -> now.ended("live") == 20_000 || now.places("new-slow") > QUARTER, LONG);
        assertThat(world.ended("live")).isEqualTo(20_000);
        assertThat(world.followed - before).isPositive();
        world.until(now -> now.ended("new-slow") == 3000, LONG);
        assertThat(world.turns.status().underWay()).isZero();
        assertThat(world.turns.status().shared().doubtful()).isZero();
    }

    /** The live mails end at three quarters of all places, of which the dead ones keep a quarter from the first of these ends on. */
    private void assertThreeQuartersForOthers(String dead, int live) {
        world.until(now -> now.ended("live") > 0, LONG);
        assertThat(world.places(dead)).isLessThanOrEqualTo(QUARTER);
        Duration rest = world.until(now -> now.ended("live") == live, LONG);
        assertThat(world.places(dead)).isLessThanOrEqualTo(QUARTER);
        assertThat(rest).isLessThan(QUICK.multipliedBy(live / (PLACES - QUARTER)).plusSeconds(2));
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 60, 5000})
    void shouldLeaveNineTenthsToOthersBesideOneMailToDeadOnes(int destinations) {
        world.submitOne("wildcard", destinations, "new-dead", SILENCE, Reachability.FAILED);
        world.submit(3000, "live", 20, QUICK, Reachability.REACHED);

        Duration first = world.until(now -> now.ended("live") > 0, LONG);
        assertThat(first).isLessThan(Duration.ofSeconds(5));
        assertThat(world.places("new-dead")).isLessThanOrEqualTo(QUARTER / 2 + 1);
        Duration rest = world.until(now -> now.ended("live") == 3000, LONG);
        assertThat(rest).isLessThan(QUICK.multipliedBy(3000 * 10 / 9 / PLACES).plusSeconds(2));
    }

    @Test
    void shouldSendUnknownMailBesideOneMailToDeadOnes() {
        world.submitOne("wildcard", 60, "new-dead", SILENCE, Reachability.FAILED);
        world.submit(1000, "new-live", 20, QUICK, Reachability.REACHED);

        // The first ones may be held elsewhere once, for half a minute.
        assertThat(world.until(now -> now.ended("new-live") == 1000, LONG)).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void shouldLeaveOnePlaceToAMailWhoseItemsOthersWaitFor() {
        world.submitOne("newsletter", 300, "list", QUICK.multipliedBy(50), Reachability.REACHED);
        world.submit(4000, "live", 100, QUICK, Reachability.REACHED);

        Duration most = world.until(now -> now.ended("live") > 3000, LONG);
        assertThat(world.places("list")).isLessThanOrEqualTo(1);
        assertThat(most).isLessThan(Duration.ofSeconds(30));
        world.until(now -> now.ended("list") == 300, LONG);
        assertThat(world.ended("list")).isEqualTo(300);
    }

    @Test
    void shouldTellMailsApartWhoseItemsWait() {
        world.submit(1, "live", 1, SILENCE, Reachability.REACHED);
        for (int mail = 0; mail < 100; mail++) {
            world.submitOne("mail" + mail, 2, "pair" + mail + "-", QUICK, Reachability.REACHED);
        }

        assertThat(world.until(now -> now.ended("pair") == 200, LONG)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void shouldLetDeadOnesHaveAllPlacesWhileTheyAreAlone() {
        world.submit(100, "new-dead", 100, SILENCE, Reachability.FAILED);

        world.until(now -> now.places("new-dead") >= PLACES, Duration.ofSeconds(30));
        assertThat(world.places("new-dead")).isEqualTo(PLACES);
    }

    @Test
    void shouldLeaveHalfOfAllPlacesBesideOneMailEvenAlone() {
        world.submitOne("wildcard", 60, "new-dead", SILENCE, Reachability.FAILED);

        world.until(now -> false, Duration.ofSeconds(30));
        assertThat(world.places("new-dead")).isBetween(QUARTER, PLACES / 2 + 1);
    }

    @Test
    void shouldDoubtKnownOnesOnceTheyHeldPlacesForTenSeconds() {
        world.submit(2000, "stalls", 20, Duration.ofSeconds(30), Reachability.FAILED);
        world.until(now -> now.places("stalls") == PLACES, LONG);
        world.until(now -> now.ended("stalls") == PLACES, LONG);
        world.submit(6000, "live", 20, QUICK, Reachability.REACHED);

        assertThreeQuartersForOthers("stalls", 6000);
    }

    @Test
    void shouldSendToManyNewDestinationsAboutAsFastAsToKnownOnes() {
        SimulatedPlaces known = new SimulatedPlaces(new Dispatcher.Limits(200, PLACES), TestSuccesses.ALL);
        known.submit(10_000, "one", 10_000, QUICK, Reachability.REACHED);
        Duration before = known.until(now -> now.ended("one") == 10_000, LONG);
        SimulatedPlaces fresh = new SimulatedPlaces(new Dispatcher.Limits(200, PLACES), new TestSuccesses("new"));
        fresh.submit(10_000, "new", 10_000, QUICK, Reachability.REACHED);
        Duration now = fresh.until(each -> each.ended("new") == 10_000, LONG);

        assertThat(fresh.held).isZero();
        assertThat(before.toMillis() / (double) now.toMillis()).isGreaterThan(0.95);
    }

    @Test
    void shouldSendOneMailToManyKnownDestinationsOnMostPlaces() {
        SimulatedPlaces alone = new SimulatedPlaces(new Dispatcher.Limits(200, PLACES), TestSuccesses.ALL);
        alone.submitOne("newsletter", 10_000, "list", QUICK, Reachability.REACHED);

        assertThat(alone.until(now -> now.ended("list") == 10_000, LONG)).isLessThan(QUICK.multipliedBy(10_000 / 150 + 5));
        assertThat(alone.held).isZero();
    }
}
