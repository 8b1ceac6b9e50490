/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Line of the history.
 *
 * @param at when, in whole milliseconds
 * @param action what happened
 * @param entry what was set, or what has ended
 */
public record SettingChange(Instant at, Action action, Setting entry) {
    public SettingChange {
        at = at.truncatedTo(ChronoUnit.MILLIS);
    }

    /** Kind of change to an entry. */
    public enum Action {
        /** An operator has set it, in place of any other for the same name. */
        SET,
        /** An operator has removed it. */
        REMOVED,
        /** The entry's time was over. */
        EXPIRED,
        /** The zone validates again, so that the negative trust anchor is no longer needed (RFC 7646 §4). */
        RECOVERED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Action of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }

        /** The action of a word; empty for one that only a newer version knows. */
        static Optional<Action> find(String word) {
            return Arrays.stream(values()).filter(action -> action.toString().equals(word)).findFirst();
        }
    }
}
