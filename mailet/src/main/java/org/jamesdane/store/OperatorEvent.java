/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Change of what this server trusts or holds mail to.
 *
 * @param at when, in whole milliseconds
 * @param node the name of the server on which it happened
 * @param kind of what
 * @param name of which one: a domain, a zone, an anchor, a file
 * @param action what happened, as a word: {@code set}, {@code removed}, {@code expired} …
 * @param value what it is now, or was where it is removed; empty where the name says it all
 * @param by who did it and why, where that was said
 */
public record OperatorEvent(Instant at, String node, Kind kind, String name, String action, Optional<String> value, Optional<By> by) {
    /** Raised with every change that a reader could stumble over. */
    static final int SCHEMA = 1;

    public OperatorEvent {
        at = at.truncatedTo(ChronoUnit.MILLIS);
    }

    /** Thing that changed. */
    public enum Kind {
        /** Policy of a destination. */
        POLICY,
        /** Zone that is taken as insecure for a time (RFC 7646). */
        NEGATIVE_TRUST_ANCHOR,
        /** Domain whose MTA-STS policy is not followed. */
        MTA_STS_EXCEPTION,
        /** Key that chains of DNSSEC begin with. */
        TRUST_ANCHOR,
        /** File of settings. */
        CONFIGURATION;

        /** The kind of a setting. */
        static Kind of(SettingKind kind) {
            return switch (kind) {
                case POLICY -> POLICY;
                case NEGATIVE_TRUST_ANCHOR -> NEGATIVE_TRUST_ANCHOR;
                case MTA_STS_EXCEPTION -> MTA_STS_EXCEPTION;
            };
        }

        /** The kind of a word; empty for one that only a newer version knows. */
        public static Optional<Kind> find(String word) {
            for (Kind kind : values()) {
                if (kind.toString().equals(word)) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Author of a change.
     *
     * @param owner who answers for it
     * @param reason why, in the author's words
     */
    public record By(String owner, String reason) {
        /**
         * Checks what may be kept.
         *
         * @throws IllegalArgumentException with a sentence that says which limit is broken
         */
        public By {
            owner = Setting.text("owner", owner, Setting.MAX_OWNER);
            reason = Setting.text("reason", reason, Setting.MAX_REASON);
        }
    }

    /** The event as names and texts, in the order of the log and of the management interface. */
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("schema", SCHEMA);
        tree.put("time", at.toString());
        tree.put("node", node);
        tree.put("kind", kind.toString());
        tree.put("name", name);
        tree.put("action", action);
        value.ifPresent(text -> tree.put("value", text));
        by.ifPresent(author -> {
            tree.put("owner", author.owner());
            tree.put("reason", author.reason());
        });
        return tree;
    }
}
