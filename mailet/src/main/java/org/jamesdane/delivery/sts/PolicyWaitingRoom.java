/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.sts;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mails that wait in memory for the first fetch of a policy, before they have a place among the deliveries. Their number and time are
 * limited. Whoever can delay a policy host can also block it, and then mail goes as without MTA-STS.
 */
public final class PolicyWaitingRoom implements AutoCloseable {
    /** A room for nobody: all go on at once. */
    public static final PolicyWaitingRoom NONE = new PolicyWaitingRoom(new Limits(Duration.ZERO, 0), (time, task) -> task.run(),
        Runnable::run);
    private static final Logger LOGGER = LoggerFactory.getLogger(PolicyWaitingRoom.class);

    private final Limits limits;
    private final Timer timer;
    private final Executor turns;
    @GuardedBy("this")
    private final Set<Guest> guests = new HashSet<>();
    @GuardedBy("this")
    private boolean closed;

    /**
     * Limits of the wait.
     *
     * @param longest time for which a mail waits
     * @param most mails that wait at once; others go on without waiting
     */
    public record Limits(Duration longest, int most) {
    }

    /** Runs tasks later. */
    @FunctionalInterface
    public interface Timer {
        /** Runs a task after a time. */
        void after(Duration time, Runnable task);
    }

    /**
     * Opens the room.
     *
     * @param turns runs what goes on after a wait, so that the thread of a look-up or a fetch need not
     */
    public PolicyWaitingRoom(Limits limits, Timer timer, Executor turns) {
        this.limits = limits;
        this.timer = timer;
        this.turns = turns;
    }

    /** A mail that waits; it goes on once, whatever comes first. */
    private final class Guest implements Runnable {
        private final Runnable mail;
        private final AtomicBoolean gone = new AtomicBoolean();

        Guest(Runnable mail) {
            this.mail = mail;
        }

        @Override
        public void run() {
            if (gone.compareAndSet(false, true)) {
                leave(this);
                goOn(mail);
            }
        }
    }

    /** Lets a mail go on once the searches for policies have ended: at once where they have, and where there is no room. */
    public void enter(CompletableFuture<?> searches, Runnable mail) {
        Guest guest = new Guest(mail);
        if (searches.isDone() || !admit(guest)) {
            mail.run();
            return;
        }
        CompletableFuture<?> unused = searches.whenComplete((result, e) -> guest.run());
        try {
            timer.after(limits.longest(), guest);
        } catch (RuntimeException e) {
            LOGGER.warn("There is no timer for a mail that waits for an MTA-STS policy; it goes on", e);
            guest.run();
        }
    }

    private synchronized boolean admit(Guest guest) {
        return !closed && guests.size() < limits.most() && guests.add(guest);
    }

    private synchronized void leave(Guest guest) {
        guests.remove(guest);
    }

    private void goOn(Runnable mail) {
        try {
            turns.execute(mail);
        } catch (RuntimeException e) {
            LOGGER.debug("A mail that waited for an MTA-STS policy goes on in the thread that ended its wait: too many others wait for "
                + "their turn, or this server stops", e);
            mail.run();
        }
    }

    /** Number of mails that wait. */
    public synchronized int waiting() {
        return guests.size();
    }

    /** Lets all go on, and nobody wait any more. */
    @Override
    public void close() {
        List<Guest> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(guests);
        }
        left.forEach(Guest::run);
    }
}
