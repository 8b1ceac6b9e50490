/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;

import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.ManualTicker;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.destination.RecentSuccesses;
import org.jamesdane.delivery.destination.SiteKey;
import org.jamesdane.delivery.mail.OutboundMail;

/** Turns of many mails in a time of the test's own, without threads: each delivery lasts as long as its mail says. */
final class SimulatedPlaces {
    private static final Duration TICK = Duration.ofSeconds(1);

    final ManualTicker ticker = new ManualTicker();
    final Map<String, Integer> underWay = new HashMap<>();
    final Map<String, Integer> ended = new HashMap<>();
    final Deque<Mail> queue = new ArrayDeque<>();
    final Turns turns;
    int held;
    /** Most deliveries at once to each site so far. */
    final Map<SiteKey, Integer> most = new HashMap<>();
    final Map<SiteKey, Integer> atSite = new HashMap<>();
    /** The site that an attempt finds out for a destination; none for one whose MX records cannot be looked up. */
    Function<String, Optional<SiteKey>> sites = destination -> Optional.empty();
    /** The address that an attempt at a destination asks first; none for one that asks nobody. */
    Function<String, Optional<InetAddress>> addresses = destination -> Optional.empty();
    int mostAtAddress;
    int yielded;
    /** Set where no mail can wait, since each has its last attempt. */
    boolean last;
    /** Set where the next mail in line follows each, on its place. */
    boolean following;
    int followed;
    private final Map<InetAddress, Integer> atAddress = new HashMap<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparingLong(Event::time).thenComparingLong(Event::number));
    private final Supply supply = new Supply(more -> { });
    private final Actions actions = new Acting();
    private final long origin = ticker.nanos();
    private int wanted;
    private long number;

    private record Event(long time, long number, Runnable what) {
    }

    SimulatedPlaces(Dispatcher.Limits limits, RecentSuccesses successes) {
        turns = new Turns(limits, ticker, new Random(1), successes);
        turns.start(supply);
        turn(() -> { });
        at(TICK, this::tick);
    }

    private void tick() {
        turn(() -> turns.tick(actions));
        at(TICK, this::tick);
    }

    /** Puts mails into the queue, each of which takes that long at its destination. */
    void submit(int mails, String destinations, int of, Duration time, Reachability reach) {
        submit(mails, destinations, of, time, new AttemptEnd.Ended(reach, Reachability.UNKNOWN));
    }

    /** Puts mails into the queue, each of which takes that long at its destination, or at its site. */
    void submit(int mails, String destinations, int of, Duration time, AttemptEnd.Ended end) {
        for (int i = 0; i < mails; i++) {
            queue.add(new Mail(destinations + i % of, Optional.empty(), time, end));
        }
    }

    /** Puts one mail with a recipient at each of several destinations into the queue. */
    void submitOne(String id, int destinations, String names, Duration time, Reachability reach) {
        for (int i = 0; i < destinations; i++) {
            queue.add(new Mail(names + i, Optional.of(id), time, new AttemptEnd.Ended(reach, Reachability.UNKNOWN)));
        }
    }

    /** Lets time pass until the condition holds; returns the time, which is the limit if it never does. */
    Duration until(Predicate<SimulatedPlaces> condition, Duration limit) {
        long start = ticker.nanos();
        turn(this::give);
        while (!condition.test(this) && ticker.since(start).compareTo(limit) < 0) {
            Event next = events.remove();
            ticker.advance(ticker.until(origin + next.time()));
            next.what().run();
        }
        return ticker.since(start);
    }

    /** Deliveries under way to the destinations of that name, with any number behind it. */
    int places(String destinations) {
        return underWay.getOrDefault(destinations, 0);
    }

    /** Deliveries that ended at them. */
    int ended(String destinations) {
        return ended.getOrDefault(destinations, 0);
    }

    private void at(Duration time, Runnable what) {
        events.add(new Event(ticker.after(time) - origin, number++, what));
    }

    private void turn(Runnable what) {
        what.run();
        turns.fill(actions);
        give();
    }

    private void give() {
        while (wanted > 0 && !queue.isEmpty()) {
            wanted--;
            turns.offer(new WaitingMail<>(queue.remove(), new WaitingMail.Means<>(TestQueuedMail.worker(), Runnable::run), supply,
                ticker.nanos()), actions);
            turns.fill(actions);
        }
    }

    private final class Acting implements Actions {
        @Override
        public void attempt(WaitingMail<?> mail, Lane lane) {
            long begun = ticker.nanos();
            Mail sent = Mail.class.cast(mail.mail());
            underWay.merge(sent.kind, 1, Integer::sum);
            sent.awaited = false;
            Optional<SiteKey> site = sites.apply(sent.destination);
            // Not at once: the turn that decided so has not ended.
            Optional<InetAddress> address = addresses.apply(sent.destination);
            at(Duration.ZERO, () -> turn(() -> {
                if ((site.isPresent() && !turns.enter(mail, lane, site.get()))
                        || (address.isPresent() && !turns.arrive(mail, address.get(), true))) {
                    yielded++;
                    underWay.merge(sent.kind, -1, Integer::sum);
                    turns.yielded(mail, lane, Optional.empty(), this);
                    return;
                }
                address.ifPresent(there -> mostAtAddress = Math.max(mostAtAddress, atAddress.merge(there, 1, Integer::sum)));
                site.ifPresent(there -> most.merge(there, atSite.merge(there, 1, Integer::sum), Math::max));
                Duration half = sent.time.dividedBy(2);
                at(half, () -> {
                    Optional<? extends WaitingMail<?>> next = following ? follower(mail, lane) : Optional.empty();
                    at(sent.time.minus(half), () -> end(mail, lane, begun, site, next));
                });
            }));
        }

        /** Takes a follower; for each fifth its commands cannot be sent, so that it goes back into line. */
        private <M extends OutboundMail> Optional<WaitingMail<M>> follower(WaitingMail<M> mail, Lane lane) {
            Optional<WaitingMail<M>> next = turns.follower(mail, lane);
            next.ifPresent(follower -> {
                followed++;
                Mail.class.cast(follower.mail()).awaited = followed % 5 != 0;
            });
            turn(() -> { });
            return next;
        }

        private void end(WaitingMail<?> mail, Lane lane, long begun, Optional<SiteKey> site,
                Optional<? extends WaitingMail<?>> follower) {
            Mail sent = Mail.class.cast(mail.mail());
            addresses.apply(sent.destination).ifPresent(there -> atAddress.merge(there, -1, Integer::sum));
            site.ifPresent(there -> atSite.merge(there, -1, Integer::sum));
            underWay.merge(sent.kind, -1, Integer::sum);
            ended.merge(sent.kind, 1, Integer::sum);
            turn(() -> turns.ended(mail, lane, sent.end, begun, follower, this));
        }

        @Override
        public void hold(WaitingMail<?> mail, Duration time) {
            held++;
            // Not at once: the turn that decided so has not ended.
            at(Duration.ZERO, () -> turn(() -> turns.held(mail)));
            at(time, () -> {
                queue.add(Mail.class.cast(mail.mail()));
                turn(() -> { });
            });
        }

        @Override
        public void leaveLine(WaitingMail<?> mail) {
            throw new IllegalStateException("no mail is overdue here");
        }

        @Override
        public void requeueAtOnce(WaitingMail<?> mail) {
            throw new IllegalStateException("nothing ends here");
        }

        @Override
        public void request(Supply from, int more) {
            wanted += more;
        }
    }

    final class Mail extends TestQueuedMail<OutboundMail> {
        private final String destination;
        private final String kind;
        private final Optional<String> whole;
        private final Duration time;
        private final AttemptEnd.Ended end;
        private boolean awaited;

        Mail(String destination, Optional<String> whole, Duration time, AttemptEnd.Ended end) {
            this.destination = destination;
            this.kind = destination.replaceFirst("[0-9].*", "");
            this.whole = whole;
            this.time = time;
            this.end = end;
        }

        @Override
        public String destination() {
            return destination;
        }

        @Override
        public Optional<String> fanOut() {
            return whole;
        }

        @Override
        public boolean isAwaited() {
            return awaited;
        }

        @Override
        protected boolean canWait(Duration length) {
            return !last;
        }

        @Override
        public boolean isOverdue() {
            return false;
        }

        @Override
        protected Reachability attempt() {
            throw new IllegalStateException("nothing is sent here");
        }

        @Override
        protected void hold(Duration length) {
            throw new IllegalStateException("nothing is stored here");
        }

        @Override
        public void requeueAtOnce() {
            throw new IllegalStateException("nothing is given back here");
        }
    }
}
