/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

import com.google.common.net.InetAddresses;
import org.junit.jupiter.api.Test;

/** Places at addresses, and the lines of those that wait for one. */
class AddressPlacesTest {
    private static final InetAddress ONE = InetAddresses.forString("192.0.2.1");
    private static final InetAddress OTHER = InetAddresses.forString("2001:db8::1");

    private final ManualTicker ticker = new ManualTicker();
    private final AddressPlaces<String> places = new AddressPlaces<>(2, ticker, new Random(1));

    @Test
    void shouldHaveAsManyPlacesAtEachAddressAsTheLimitSays() {
        AddressPlaces<String>.Place first = places.take(ONE);
        assertThat(places.isFull(ONE)).isFalse();
        places.take(ONE);

        assertThat(places.isFull(ONE)).isTrue();
        assertThat(places.isFull(OTHER)).isFalse();
        first.leave(Optional.empty());
        assertThat(places.isFull(ONE)).isFalse();
    }

    @Test
    void shouldOfferAFreedPlaceToWhoWaitedLongest() {
        AddressPlaces<String>.Place first = places.take(ONE);
        places.take(ONE);
        places.await(ONE, "a");
        places.await(ONE, "b");
        places.await(ONE, "a");
        assertThat(places.next()).isEmpty();

        first.leave(Optional.empty());
        assertThat(places.next()).contains("a");
        places.take(ONE);
        assertThat(places.next()).isEmpty();
    }

    @Test
    void shouldOfferAPlaceOnUntilSomebodyTakesIt() {
        AddressPlaces<String>.Place first = places.take(ONE);
        AddressPlaces<String>.Place second = places.take(ONE);
        places.await(ONE, "a");
        places.await(ONE, "b");

        first.leave(Optional.empty());
        assertThat(places.next()).contains("a");
        assertThat(places.next()).contains("b");
        assertThat(places.next()).isEmpty();
        second.leave(Optional.empty());
        assertThat(places.next()).isEmpty();
    }

    @Test
    void shouldSayWhoElseIsFirstInLine() {
        AddressPlaces<String>.Place place = places.take(ONE);
        assertThat(place.isAwaitedBefore("a")).isFalse();

        places.await(ONE, "a");
        places.await(ONE, "b");
        assertThat(place.isAwaitedBefore("a")).isFalse();
        assertThat(place.isAwaitedBefore("b")).isTrue();
    }

    @Test
    void shouldEstimateATurnByThePaceOfTheAddress() {
        for (int i = 0; i < 100; i++) {
            AddressPlaces<String>.Place place = places.take(ONE);
            ticker.advance(Duration.ofSeconds(1));
            place.leave(Optional.of(Duration.ofSeconds(1)));
        }
        places.take(ONE);
        for (int i = 0; i < 10; i++) {
            places.await(ONE, "site " + i);
        }

        assertThat(places.isTurnNear(ONE, 0, WaitEstimate.PATIENCE)).isTrue();
        assertThat(places.isTurnNear(ONE, 1, WaitEstimate.PATIENCE)).isFalse();
        ticker.advance(WaitEstimate.PATIENCE.plusMillis(1));
        assertThat(places.isTurnNear(ONE, 0, WaitEstimate.PATIENCE)).isFalse();
        assertThat(places.holdTime(ONE)).hasValueSatisfying(time -> assertThat(time).isPositive());
        assertThat(places.holdTime(OTHER)).isEmpty();
    }

    @Test
    void shouldTakeNoTurnForNearOnceTheLineWasLate() {
        places.take(ONE);
        assertThat(places.isTurnNear(ONE, 0, WaitEstimate.PATIENCE)).isTrue();

        places.firstHasWaited(ONE, WaitEstimate.LONGEST_TURN.multipliedBy(2));
        assertThat(places.isTurnNear(ONE, 0, WaitEstimate.PATIENCE)).isFalse();
        assertThat(places.isTurnNear(OTHER, 0, WaitEstimate.PATIENCE)).isTrue();
    }

    @Test
    void shouldKnowNoAddressThatIsNotInUse() {
        places.await(ONE, "a");
        AddressPlaces<String>.Place place = places.take(ONE);
        assertThat(place.isAwaitedBefore("b")).isFalse();
        assertThat(places.known()).isEqualTo(1);

        place.leave(Optional.empty());
        places.next();
        assertThat(places.known()).isZero();
    }
}
