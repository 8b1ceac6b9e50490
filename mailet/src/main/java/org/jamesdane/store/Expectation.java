/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.util.Optional;
import java.util.Set;

/**
 * State in which an operator expects an entry that he wants to change; in any other state it is not changed (RFC 9110 §13.1).
 *
 * @param oneOf tags of which the entry must have one, {@value #ANY} for any entry at all; empty without a demand
 * @param noneOf tags of which the entry must have none, {@value #ANY} for no entry at all; empty without a demand
 */
public record Expectation(Optional<Set<String>> oneOf, Optional<Set<String>> noneOf) {
    /** The tag that stands for any tag. */
    public static final String ANY = "*";
    /** No demand: the last change wins. */
    public static final Expectation NONE = new Expectation(Optional.empty(), Optional.empty());

    public Expectation {
        oneOf = oneOf.map(Set::copyOf);
        noneOf = noneOf.map(Set::copyOf);
    }

    /**
     * Lets a change begin.
     *
     * @param present the entry as the store has it; one whose time is over counts as none
     * @throws StoreException of the kind {@link StoreException.Kind#CHANGED} if it is another than was expected
     */
    void check(SettingChange change, Optional<Setting> present) throws StoreException {
        check(change.entry().kind(), change.entry().key(), present.filter(entry -> !entry.endedAt(change.at())));
    }

    /** Lets a change begin as {@link #check(SettingChange, Optional)} does, with an entry that is in force. */
    void check(SettingKind kind, String key, Optional<Setting> present) throws StoreException {
        if (oneOf.filter(tags -> !matches(tags, present)).isPresent() || noneOf.filter(tags -> matches(tags, present)).isPresent()) {
            throw StoreException.changed("The " + kind + " for " + key + present.map(entry -> " was set at " + entry.since() + " by "
                + entry.owner()).orElse(" is not set") + ", which is not what the condition of the call says; nothing was changed");
        }
    }

    private static boolean matches(Set<String> tags, Optional<Setting> present) {
        return present.filter(entry -> tags.contains(ANY) || tags.contains(entry.tag())).isPresent();
    }
}
