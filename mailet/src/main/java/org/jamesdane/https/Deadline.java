/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * The time limit of one fetch, for all its steps together. When the time is over, the step that is under way is cut, and no other one
 * begins.
 */
final class Deadline implements AutoCloseable {
    private final Object lock = new Object();
    private final Duration limit;
    private final Alarm alarms;
    @GuardedBy("lock")
    private Optional<String> over = Optional.empty();
    @GuardedBy("lock")
    private Runnable cut = () -> { };
    @GuardedBy("lock")
    private Optional<Alarm.Handle> alarm = Optional.empty();

    private Deadline(Duration limit, Alarm alarms) {
        this.limit = limit;
        this.alarms = alarms;
    }

    /** A deadline that begins now. */
    static Deadline in(Duration limit, Alarm alarm) {
        Deadline deadline = new Deadline(limit, alarm);
        deadline.beginAnew();
        return deadline;
    }

    /** Lets the time begin anew: that of a wait for a place does not count for the fetch. Nothing changes where it is over already. */
    void beginAnew() {
        close();
        Alarm.Handle handle = alarms.after(limit, () -> end("it took more than " + limit.toSeconds() + " seconds"));
        synchronized (lock) {
            alarm = Optional.of(handle);
        }
    }

    /** Ends the fetch, whatever its step. To be called from any thread. */
    void end(String text) {
        Runnable step;
        synchronized (lock) {
            if (over.isPresent()) {
                return;
            }
            over = Optional.of(text);
            step = cut;
        }
        step.run();
    }

    /**
     * Begins a step that waits.
     *
     * @param step cuts it; must not block
     * @throws FetchFailure if the time is over; the step is cut then
     */
    void begin(Runnable step) throws FetchFailure {
        synchronized (lock) {
            cut = step;
            if (over.isEmpty()) {
                return;
            }
        }
        step.run();
        throw failure().orElseThrow();
    }

    /** The failure of a fetch whose time is over; empty before. */
    Optional<FetchFailure> failure() {
        synchronized (lock) {
            return over.map(FetchFailure::unavailable);
        }
    }

    /** Waits for a result as a step of its own, which is cancelled when the time is over. */
    <T> T await(CompletableFuture<T> result) throws FetchFailure {
        begin(() -> result.cancel(false));
        try {
            return result.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw FetchFailure.unavailable("this server stops");
        } catch (CancellationException e) {
            throw failure().orElseGet(() -> FetchFailure.unavailable("this server stops"));
        } catch (ExecutionException e) {
            throw new IllegalStateException("a result that always completes normally", e);
        }
    }

    /** Turns the alarm off. */
    @Override
    public void close() {
        Optional<Alarm.Handle> handle;
        synchronized (lock) {
            handle = alarm;
        }
        handle.ifPresent(Alarm.Handle::cancel);
    }
}
