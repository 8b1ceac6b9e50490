/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * Time that a step took. Other processes of a busy machine lengthen the time by the clock, and not that of the processor.
 *
 * @param clock time by the clock
 * @param processor time that this thread had a processor
 */
public record Spent(Duration clock, Duration processor) {
    /** Does something, and measures it. */
    public static Spent on(Callable<?> work) throws Exception {
        long begun = System.nanoTime();
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        if (Integer.valueOf(0).equals(work.call())) {
            throw new IllegalStateException("Nothing was found to work on");
        }
        return new Spent(Duration.ofNanos(System.nanoTime() - begun),
            Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before));
    }

    @Override
    public String toString() {
        return clock.toMillis() + " ms (" + processor.toMillis() + " ms of a processor)";
    }
}
