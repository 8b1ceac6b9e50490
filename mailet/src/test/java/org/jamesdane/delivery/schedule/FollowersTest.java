/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import com.google.common.net.InetAddresses;
import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.ManualTicker;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.destination.SiteKey;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.QueuedMail;
import org.junit.jupiter.api.Test;

/** Mails that are taken out of their line to follow one under way, on the same place. */
class FollowersTest {
    private static final Dispatcher.Limits LIMITS = new Dispatcher.Limits(8, 1);
    private static final SiteKey SITE = SiteKey.of(List.of("mx.provider.example"), 25);
    private static final SiteKey OTHER_SITE = SiteKey.of(List.of("mx.other.example"), 25);
    private static final InetAddress ADDRESS = InetAddresses.forString("192.0.2.1");

    private final ManualTicker ticker = new ManualTicker();
    private final Turns turns = new Turns(LIMITS, ticker, new Random(1), new TestSuccesses("new"));
    private final Recorded actions = new Recorded();
    private final Supply supply = supply();

    private Supply supply() {
        Supply made = new Supply(number -> { });
        turns.start(made);
        turns.fill(actions);
        return made;
    }

    @Test
    void shouldLeaveThePlaceToTheFollower() {
        WaitingMail<OutboundMail> first = offer("live.example", supply);
        WaitingMail<OutboundMail> second = offer("live.example", supply);
        WaitingMail<OutboundMail> third = offer("live.example", supply);

        assertThat(follower(first)).containsSame(second);
        assertThat(turns.waiting()).isEqualTo(1);
        await(second);
        ended(first, Reachability.REACHED, Optional.of(second));

        assertThat(actions.attempted).containsExactly(first, second);
        ended(second, Reachability.REACHED, Optional.empty());
        assertThat(actions.attempted).containsExactly(first, second, third);
        assertThat(supply.following).isZero();
        assertThat(supply.underWay).isEqualTo(1);
    }

    @Test
    void shouldAskTheQueueForNoMailInPlaceOfAFollower() {
        WaitingMail<OutboundMail> first = offer("live.example", supply);
        offer("live.example", supply);
        int requested = supply.requested;

        follower(first);
        turns.fill(actions);

        assertThat(supply.requested).isEqualTo(requested);
    }

    @Test
    void shouldTakeNoFollowerOfAnotherQueue() {
        WaitingMail<OutboundMail> first = offer("live.example", supply);
        offer("live.example", supply());
        offer("live.example", supply);

        // The order of the line is kept.
        assertThat(follower(first)).isEmpty();
        assertThat(turns.waiting()).isEqualTo(2);
    }

    @Test
    void shouldHoldAFollowerWithItsDestination() {
        WaitingMail<OutboundMail> first = offer("live.example", supply);
        WaitingMail<OutboundMail> second = offer("live.example", supply);
        follower(first);
        fail(first, second);

        assertThat(actions.held).containsExactly(second);
        assertThat(actions.attempted).containsExactly(first);
    }

    /** Ends a delivery in a failure, after which the destination pauses. */
    private void fail(WaitingMail<OutboundMail> first, WaitingMail<OutboundMail> follower) {
        pause();
        ended(first, Reachability.FAILED, Optional.of(follower));
    }

    @Test
    void shouldLetAnAwaitedFollowerGoDuringAPause() {
        WaitingMail<OutboundMail> first = offer("live.example", supply);
        WaitingMail<OutboundMail> second = offer("live.example", supply);
        follower(first);
        await(second);
        fail(first, second);

        assertThat(actions.held).isEmpty();
        assertThat(actions.attempted).containsExactly(first, second);
    }

    @Test
    void shouldTakeNoFollowerDuringAPause() {
        WaitingMail<OutboundMail> first = offer("live.example", supply);
        offer("live.example", supply);
        pause();

        assertThat(follower(first)).isEmpty();
    }

    private void pause() {
        Lane lane = actions.lanes.get(0);
        WaitingMail<OutboundMail> other = mail("live.example", supply());
        for (int i = 0; i < 20 && !lane.isPaused(); i++) {
            lane.admitFollower(other, Optional.empty());
            lane.ended(other, new AttemptEnd.Ended(Reachability.FAILED, Reachability.UNKNOWN), Duration.ZERO, false);
        }
        assertThat(lane.isPaused()).isTrue();
    }

    @Test
    void shouldGiveBackAFollowerWhenTheServerStops() {
        WaitingMail<OutboundMail> first = offer("live.example", supply);
        WaitingMail<OutboundMail> second = offer("live.example", supply);
        WaitingMail<OutboundMail> third = offer("live.example", supply);
        follower(first);
        await(second);

        assertThat(turns.close()).hasSize(1).first().isSameAs(third);
        ended(first, Reachability.REACHED, Optional.of(second));

        assertThat(actions.requeued).containsExactly(second);
        assertThat(follower(first)).isEmpty();
    }

    @Test
    void shouldForgetAFollowerThatHadItsEnd() {
        WaitingMail<OutboundMail> first = offer("live.example", supply);
        WaitingMail<OutboundMail> second = offer("live.example", supply);
        WaitingMail<OutboundMail> third = offer("live.example", supply);
        follower(first);
        assertThat(second.begin(mail -> Optional.<QueuedMail<OutboundMail>>empty())).isEmpty();

        ended(first, Reachability.REACHED, Optional.of(second));

        assertThat(actions.attempted).containsExactly(first, third);
        assertThat(supply.following).isZero();
    }

    @Test
    void shouldCountAFollowerInTheShareAsAfterTheEndOfTheOther() {
        // An eighth and a quarter of eight places: two doubtful deliveries at once while others wait.
        turns.tick(actions);
        WaitingMail<OutboundMail> first = offer("new-1.example", supply);
        offer("new-2.example", supply);
        WaitingMail<OutboundMail> waits = offer("new-3.example", supply);
        WaitingMail<OutboundMail> second = offer("new-1.example", supply);
        assertThat(actions.attempted).doesNotContain(waits, second);

        // All places of the doubtful ones are taken, and one of them is that of the first.
        assertThat(follower(first)).containsSame(second);
        await(second);
        ended(first, Reachability.UNKNOWN, Optional.of(second));

        assertThat(actions.attempted).contains(second).doesNotContain(waits);
    }

    @Test
    void shouldPutBackAFollowerThatNoHostAwaits() {
        WaitingMail<OutboundMail> first = offer("live.example", supply);
        WaitingMail<OutboundMail> second = offer("live.example", supply);
        WaitingMail<OutboundMail> third = offer("live.example", supply);
        follower(first);
        Lane lane = actions.lane(first);
        lane.admitFollower(mail("live.example", supply()), Optional.empty());

        ended(first, Reachability.REACHED, Optional.of(second));

        // The destination has all that it may have: it goes when its turn comes, before the others.
        assertThat(actions.attempted).containsExactly(first);
        assertThat(lane.line).containsExactly(second, third);
        assertThat(turns.waiting()).isEqualTo(2);
        assertThat(supply.following).isZero();
    }

    @Test
    void shouldPutBackTheFollowerOfAMailThatYields() {
        WaitingMail<OutboundMail> first = offer("live.example", supply);
        WaitingMail<OutboundMail> second = offer("live.example", supply);
        WaitingMail<OutboundMail> third = offer("live.example", supply);
        follower(first);
        Lane lane = actions.lane(first);
        lane.admitFollower(mail("live.example", supply()), Optional.empty());

        turns.yielded(first, lane, Optional.of(second), actions);

        assertThat(lane.line).containsExactly(first, second, third);
        assertThat(turns.waiting()).isEqualTo(3);
        assertThat(supply.following).isZero();
        assertThat(supply.underWay).isZero();
        assertThat(lane.places).isZero();
    }

    @Test
    void shouldGiveBackBothWhenAMailYieldsAndTheServerStops() {
        WaitingMail<OutboundMail> first = offer("live.example", supply);
        WaitingMail<OutboundMail> second = offer("live.example", supply);
        follower(first);
        assertThat(turns.close()).isEmpty();

        turns.yielded(first, actions.lane(first), Optional.of(second), actions);

        assertThat(actions.requeued).containsExactlyInAnyOrder(first, second);
        assertThat(supply.following).isZero();
    }

    @Test
    void shouldHandOverThePlaceAtTheSite() {
        WaitingMail<OutboundMail> first = offer("live.example", supply);
        WaitingMail<OutboundMail> second = offer("live.example", supply);
        WaitingMail<OutboundMail> other = offer("other.example", supply);
        Lane lane = actions.lane(first);
        assertThat(turns.enter(first, lane, SITE)).isTrue();
        follower(first);
        await(second);
        Site site = first.site().orElseThrow();
        ended(first, Reachability.REACHED, Optional.of(second));

        assertThat(first.site()).isEmpty();
        assertThat(second.site()).containsSame(site);
        assertThat(site.places).isEqualTo(1);
        assertThat(turns.enter(second, lane, SITE)).isTrue();
        assertThat(turns.enter(other, actions.lane(other), SITE)).isFalse();
        ended(second, Reachability.REACHED, Optional.empty());
        assertThat(site.places).isZero();
    }

    @Test
    void shouldTakeNoFollowerWhenAnotherDomainOfTheSiteIsNext() {
        WaitingMail<OutboundMail> first = offer("live.example", supply);
        WaitingMail<OutboundMail> second = offer("live.example", supply);
        WaitingMail<OutboundMail> other = offer("other.example", supply);
        turns.enter(first, actions.lane(first), SITE);
        assertThat(turns.enter(other, actions.lane(other), SITE)).isFalse();
        turns.yielded(other, actions.lane(other), Optional.empty(), actions);

        assertThat(follower(first)).isEmpty();
        ended(first, Reachability.REACHED, Optional.empty());
        assertThat(actions.attempted).containsExactly(first, other, other).doesNotContain(second);
    }

    @Test
    void shouldHandOverThePlaceAtTheAddress() {
        WaitingMail<OutboundMail> first = offer("live.example", supply);
        WaitingMail<OutboundMail> second = offer("live.example", supply);
        WaitingMail<OutboundMail> other = offer("other.example", supply);
        assertThat(arrives(first, SITE)).isTrue();
        follower(first);
        await(second);
        assertThat(arrives(other, OTHER_SITE)).isFalse();
        turns.yielded(other, actions.lane(other), Optional.empty(), actions);
        ended(first, Reachability.REACHED, Optional.of(second));

        assertThat(actions.attempted).containsExactly(first, other, second);
        assertThat(arrives(second, SITE)).isTrue();
        ended(second, Reachability.REACHED, Optional.empty());
        assertThat(actions.attempted).containsExactly(first, other, second, other);
    }

    @Test
    void shouldTakeNoFollowerWhenAnotherSiteOfTheAddressIsNext() {
        WaitingMail<OutboundMail> first = offer("live.example", supply);
        offer("live.example", supply);
        WaitingMail<OutboundMail> other = offer("other.example", supply);
        arrives(first, SITE);
        assertThat(arrives(other, OTHER_SITE)).isFalse();
        turns.yielded(other, actions.lane(other), Optional.empty(), actions);

        assertThat(follower(first)).isEmpty();
        ended(first, Reachability.REACHED, Optional.empty());
        assertThat(actions.attempted).containsExactly(first, other, other);
    }

    private boolean arrives(WaitingMail<OutboundMail> mail, SiteKey site) {
        return turns.enter(mail, actions.lane(mail), site) && turns.arrive(mail, ADDRESS, true);
    }

    @Test
    void shouldTakeNoFollowerToAnotherSite() {
        WaitingMail<OutboundMail> first = offer("live.example", supply);
        offer("live.example", supply);

        // The domain's MX records have changed since.
        Lane lane = actions.lane(first);
        turns.enter(first, lane, SITE);
        lane.move(Optional.empty());
        assertThat(follower(first)).isEmpty();
    }

    /** Has a host await the content of a follower. */
    private static void await(WaitingMail<OutboundMail> mail) {
        assertThat(mail.begin(queued -> Optional.of(new Awaited()))).isPresent();
    }

    private WaitingMail<OutboundMail> offer(String destination, Supply from) {
        WaitingMail<OutboundMail> mail = mail(destination, from);
        turns.offer(mail, actions);
        turns.fill(actions);
        return mail;
    }

    private WaitingMail<OutboundMail> mail(String destination, Supply from) {
        return new WaitingMail<>(new UntouchedMail("mail", destination),
            new WaitingMail.Means<>(TestQueuedMail.worker(), Runnable::run), from, ticker.nanos());
    }

    private Optional<WaitingMail<OutboundMail>> follower(WaitingMail<OutboundMail> leader) {
        return turns.follower(leader, actions.lane(leader));
    }

    private void ended(WaitingMail<OutboundMail> mail, Reachability reach, Optional<WaitingMail<OutboundMail>> follower) {
        turns.ended(mail, actions.lane(mail), new AttemptEnd.Ended(reach, reach), ticker.nanos(), follower, actions);
        turns.fill(actions);
    }

    private static final class Recorded implements Actions {
        final List<WaitingMail<?>> attempted = new ArrayList<>();
        final List<Lane> lanes = new ArrayList<>();
        final List<WaitingMail<?>> held = new ArrayList<>();
        final List<WaitingMail<?>> requeued = new ArrayList<>();

        Lane lane(WaitingMail<?> mail) {
            return lanes.get(attempted.indexOf(mail));
        }

        @Override
        public void attempt(WaitingMail<?> mail, Lane lane) {
            attempted.add(mail);
            lanes.add(lane);
        }

        @Override
        public void hold(WaitingMail<?> mail, Duration time) {
            held.add(mail);
        }

        @Override
        public void leaveLine(WaitingMail<?> mail) {
            throw new AssertionError("no mail has waited for long");
        }

        @Override
        public void requeueAtOnce(WaitingMail<?> mail) {
            requeued.add(mail);
        }

        @Override
        public void request(Supply asked, int more) {
            // The mails come as the test wants it.
        }
    }

    /** A mail whose content a host awaits. */
    private static final class Awaited extends UntouchedMail {
        Awaited() {
            super("mail", "live.example");
        }

        @Override
        public boolean isAwaited() {
            return true;
        }
    }
}
