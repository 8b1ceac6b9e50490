/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import com.google.common.net.InetAddresses;
import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.destination.SiteKey;
import org.junit.jupiter.api.Test;

/** Turns of sites whose hosts are not the same, but have an address in common. */
class SharedAddressTest {
    private static final int PER_SITE = 20;
    private static final Duration QUICK = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofHours(2);
    private static final InetAddress SHARED = InetAddresses.forString("192.0.2.1");
    private static final AttemptEnd.Ended TAKEN = new AttemptEnd.Ended(Reachability.REACHED, Reachability.REACHED);

    private final SimulatedPlaces world = world();

    private static SimulatedPlaces world() {
        SimulatedPlaces world = new SimulatedPlaces(new Dispatcher.Limits(200, 20, PER_SITE), TestSuccesses.ALL);
        world.sites = domain -> Optional.of(SiteKey.of(List.of("mx.shared.example", "mx." + domain + ".example"), 25));
        world.addresses = domain -> Optional.of(SHARED);
        return world;
    }

    @Test
    void shouldShareAnAddressBetweenManySitesThatOverlap() {
        world.submit(10_000, "domain", 10_000, QUICK, TAKEN);

        Duration all = world.until(now -> now.ended("domain") == 10_000, LONG);
        assertThat(world.ended("domain")).isEqualTo(10_000);
        assertThat(world.mostAtAddress).isEqualTo(PER_SITE);
        assertThat(world.held).isZero();
        assertThat(all).isLessThan(QUICK.multipliedBy(10_000 / PER_SITE).multipliedBy(5).dividedBy(4));
    }

    @Test
    void shouldKeepTheLimitOfAnAddressWithFollowers() {
        world.following = true;
        world.submit(150, "alone", 15, QUICK, TAKEN);
        assertThat(world.until(now -> now.ended("alone") == 150, LONG)).isLessThan(LONG);
        assertThat(world.followed).isGreaterThan(50);
        world.submit(1000, "domain", 100, QUICK, TAKEN);

        assertThat(world.until(now -> now.ended("domain") == 1000, LONG)).isLessThan(LONG);
        assertThat(world.mostAtAddress).isEqualTo(PER_SITE);
    }

    @Test
    void shouldTakeTurnsBetweenTheSitesOfAnAddressWithFollowers() {
        world.following = true;
        world.submit(300, "big", 3, QUICK, TAKEN);
        world.submit(20, "small", 20, QUICK, TAKEN);

        world.until(now -> now.ended("small") == 20, LONG);
        assertThat(world.ended("big")).isLessThan(100);
    }

    @Test
    void shouldKeepTheLimitOfAnAddressForLastAttempts() {
        world.last = true;
        world.submit(200, "domain", 200, Duration.ofSeconds(5), TAKEN);

        assertThat(world.until(now -> now.ended("domain") == 200, LONG)).isLessThan(LONG);
        assertThat(world.mostAtAddress).isEqualTo(PER_SITE);
    }

    @Test
    void shouldTakeTurnsBetweenTheSitesOfAnAddress() {
        world.submit(200, "big", 1, QUICK, TAKEN);
        world.submit(200, "large", 1, QUICK, TAKEN);
        world.until(now -> now.ended("big") >= 150, LONG);

        assertThat(world.ended("large")).isGreaterThan(75);
    }

    @Test
    void shouldGoOnAtAnAddressOnceItsPlacesAreFree() {
        world.submit(PER_SITE, "slow", PER_SITE, Duration.ofMinutes(5), TAKEN);
        world.submit(100, "quick", 100, QUICK, TAKEN);

        Duration all = world.until(now -> now.ended("quick") == 100, LONG);
        assertThat(all).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(10));
    }

    @Test
    void shouldKnowNoAddressesThatAreNotInUse() {
        world.submit(100, "domain", 100, QUICK, TAKEN);
        world.until(now -> now.ended("domain") == 100, LONG);
        SiteKey one = SiteKey.of(List.of("mx.other.example"), 25);
        world.sites = domain -> Optional.of(one);

        world.submit(PER_SITE, "other", PER_SITE, QUICK, TAKEN);
        assertThat(world.until(now -> now.ended("other") == PER_SITE, LONG)).isLessThan(Duration.ofSeconds(5));
    }
}
