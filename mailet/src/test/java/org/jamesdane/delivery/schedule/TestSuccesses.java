/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jamesdane.delivery.destination.RecentSuccesses;

/** Memory of a test's own: every destination was well within the last day, but those whose names begin so. */
public class TestSuccesses implements RecentSuccesses {
    /** A memory in which every destination was well, and stays so. */
    public static final RecentSuccesses ALL = new TestSuccesses("/") {
        @Override
        public void forget(String destination) {
        }
    };

    private final String unknown;
    private final Set<String> since = ConcurrentHashMap.newKeySet();
    private final Set<String> forgotten = ConcurrentHashMap.newKeySet();

    /** Takes the beginning of the names of unknown destinations. */
    public TestSuccesses(String unknown) {
        this.unknown = unknown;
    }

    @Override
    public boolean isRecent(String destination) {
        return (!destination.startsWith(unknown) && !forgotten.contains(destination)) || since.contains(destination);
    }

    @Override
    public void succeeded(String destination) {
        since.add(destination);
    }

    @Override
    public void forget(String destination) {
        since.remove(destination);
        forgotten.add(destination);
    }
}
