/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.delivery.destination.AddressPlaces;
import org.jamesdane.delivery.destination.DestinationState;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.destination.SiteKey;

/**
 * Hosts that destinations share, with the destinations whose mails wait for a place there.
 *
 * <p>Not thread-safe; the dispatcher's lock guards it.
 */
final class Site {
    final SiteKey key;
    private final DestinationState state;
    private final AddressPlaces<Site> addresses;
    private final Set<Lane> waiting = new LinkedHashSet<>();
    /** Address that its attempts ask first, as the last of them did. */
    private Optional<InetAddress> usual = Optional.empty();
    /** Destinations in hand that go to these hosts. */
    int lanes;
    /** Deliveries under way. */
    int places;

    Site(SiteKey key, DestinationState state, AddressPlaces<Site> addresses) {
        this.key = key;
        this.addresses = addresses;
        this.state = state;
    }

    boolean isPaused() {
        return state.isPaused();
    }

    /** Tests whether a mail would be let go now, as far as the site and its usual address are concerned. */
    boolean hasPlace() {
        return state.hasPlace() && !isAddressFull();
    }

    private boolean isAddressFull() {
        return usual.filter(addresses::isFull).isPresent();
    }

    /** Notes the address that an attempt asks first. */
    void asks(InetAddress address) {
        usual = Optional.of(address);
    }

    /** Tests whether deliveries have been under way for some time without a success. */
    boolean holdsWithoutSuccess() {
        return state.holdsWithoutSuccess();
    }

    /** Takes a place for a mail, if there is one now, or if this is the mail's last attempt and the limit allows one more. */
    boolean admit(WaitingMail<?> mail, boolean last) {
        boolean admitted = !isAddressFull()
            && (last ? state.admitLastAttempt() : state.admit() == DestinationState.Admission.NOW);
        if (admitted) {
            places++;
            mail.enter(Optional.of(this));
            usual.map(addresses::take).ifPresent(mail::arrive);
        }
        return admitted;
    }

    /** Tests whether a delivery under way may leave its place to a mail of its own destination: whether that one's turn is next. */
    boolean keepsPlace(Lane lane, WaitingMail<?> leader) {
        return state.mayBeFollowed() && (waiting.isEmpty() || waiting.iterator().next() == lane)
            && leader.address().filter(place -> place.isAwaitedBefore(this)).isEmpty();
    }

    /** Puts a destination behind the others that has taken its turn by a follower. */
    void tookTurn(Lane lane) {
        if (waiting.remove(lane) && !lane.line.isEmpty()) {
            waiting.add(lane);
        }
    }

    /** Lets a mail go on the place of a delivery that has just ended. */
    void admitFollower(WaitingMail<?> mail) {
        state.admitFollower();
        places++;
        mail.enter(Optional.of(this));
    }

    /**
     * Counts the end of a delivery.
     *
     * @param crowded whether mails of any destination take most of the room to wait, so that those of this site have to go sooner
     */
    void ended(Reachability reach, Duration took, boolean crowded) {
        places--;
        if (reach == Reachability.REACHED) {
            state.taken(took, crowded ? Integer.MAX_VALUE : mailsWaiting());
        }
        state.ended(reach);
    }

    /** Puts a destination behind the others whose mails wait for a place here. */
    void await(Lane lane) {
        waiting.add(lane);
        awaitAddress();
    }

    private void awaitAddress() {
        if (isAddressFull()) {
            usual.ifPresent(address -> addresses.await(address, this));
        }
    }

    /** Takes a destination out of those that wait. */
    void leave(Lane lane) {
        waiting.remove(lane);
    }

    /** Next destination whose mail is to be asked for a place; empty if none waits, or as long as there is no place. */
    Optional<Lane> next() {
        if (waiting.isEmpty() || !(hasPlace() || isPaused())) {
            if (!waiting.isEmpty()) {
                awaitAddress();
            }
            return Optional.empty();
        }
        Iterator<Lane> first = waiting.iterator();
        Lane next = first.next();
        first.remove();
        return Optional.of(next);
    }

    private int mailsWaiting() {
        return waiting.stream().mapToInt(lane -> lane.line.size()).sum();
    }

    /** Number of destinations that wait for a place. */
    int waiting() {
        return waiting.size();
    }

    /** Tests whether one more mail is likely to have its turn soon, after so many of its own destination. */
    boolean isTurnNear(int before, Duration patience) {
        return isAddressFull() ? usual.filter(address -> addresses.isTurnNear(address, before, patience)).isPresent()
            : state.isTurnNear(Math.min(waiting.size() * (before + 1), mailsWaiting()), patience);
    }

    void firstHasWaited(Duration time) {
        if (isAddressFull()) {
            usual.ifPresent(address -> addresses.firstHasWaited(address, time));
        } else {
            state.firstHasWaited(time);
        }
    }

    Duration holdTime() {
        return usual.filter(address -> !isPaused() && isAddressFull()).flatMap(addresses::holdTime).orElseGet(state::holdTime);
    }

    void lookAgain() {
        state.lookAgain();
    }

    void resume() {
        state.resume();
    }

    /** Tests whether nothing is under way and no destination in hand goes there. */
    boolean isIdle() {
        return lanes == 0 && state.isIdle();
    }

    /** Tests whether nothing would be lost if the site were forgotten. */
    boolean isForgettable() {
        return lanes == 0 && state.isForgettable();
    }
}
