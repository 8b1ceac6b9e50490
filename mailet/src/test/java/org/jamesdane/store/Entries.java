/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** Entries for tests, and a clock that stands still until it is moved. */
final class Entries {
    static final Instant START = Instant.parse("2026-11-01T12:00:00Z");

    private Entries() {
    }

    static Setting policy(String key, String policy, @Nullable Instant expiry) {
        return new Setting(SettingKind.POLICY, key, policy, "their certificate ran out, ticket 17", "ops@provider.example",
            Optional.ofNullable(expiry), START);
    }

    static Setting anchor(String zone, Instant expiry) {
        return new Setting(SettingKind.NEGATIVE_TRUST_ANCHOR, zone, "", "their roll-over went wrong, ticket 18", "ops@provider.example",
            Optional.of(expiry), START);
    }

    static SettingChange set(Setting entry) {
        return new SettingChange(START, SettingChange.Action.SET, entry);
    }

    static final class MovedClock implements InstantSource {
        private volatile Instant now = START;
        private long nanos = Long.MAX_VALUE - 5;

        @Override
        public Instant instant() {
            return now;
        }

        /** A time that only {@link #forward} moves. */
        long nanos() {
            return nanos;
        }

        /** Time passes. */
        void forward(Duration time) {
            now = now.plus(time);
            nanos += time.toNanos();
        }

        /** Somebody sets the clock. */
        void set(Duration by) {
            now = now.plus(by);
        }
    }
}
