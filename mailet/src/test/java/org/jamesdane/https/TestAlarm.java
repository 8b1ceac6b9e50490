/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/** An alarm that rings when a test says so. */
final class TestAlarm implements Alarm {
    private final Object lock = new Object();
    @GuardedBy("lock")
    private final Map<Runnable, Duration> set = new LinkedHashMap<>();

    @Override
    public Handle after(Duration limit, Runnable task) {
        synchronized (lock) {
            set.put(task, limit);
        }
        return () -> {
            synchronized (lock) {
                set.remove(task);
            }
        };
    }

    /** Lets all the time pass that is waited for; what was set last ends first. */
    void ring() {
        List<Runnable> due;
        synchronized (lock) {
            due = new ArrayList<>(set.keySet());
        }
        Collections.reverse(due);
        due.forEach(Runnable::run);
    }

    /** The limits that are set now. */
    List<Duration> limits() {
        synchronized (lock) {
            return List.copyOf(set.values());
        }
    }
}
