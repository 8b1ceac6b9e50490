/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.util.List;
import java.util.Optional;

/** Keeps what operators set, and its history. A change is there as a whole, with its line of history, or not at all. */
public interface SettingStore {
    /** Lines of history that are given at most, the newest. */
    int MAX_HISTORY = 1000;

    /**
     * A mark that changes with every change of a kind, whichever node makes it, and costs next to nothing to ask for.
     *
     * @throws StoreException if the store can't be read
     */
    String revision(SettingKind kind) throws StoreException;

    /** Tests whether there is a set of entries of the kind, if an empty one. It is there from the first change or {@link #begin} on. */
    boolean holds(SettingKind kind) throws StoreException;

    /** Makes a set without entries, where there is none. */
    void begin(SettingKind kind) throws StoreException;

    /** All entries of a kind. */
    List<Setting> load(SettingKind kind) throws StoreException;

    /**
     * Sets an entry, in place of any for the same key, as {@link SettingChange.Action#SET} says.
     *
     * @param expected what the entry in its place has to be, looked at in the same step
     */
    void put(SettingChange change, Expectation expected) throws StoreException;

    /** Sets an entry, whatever is in its place. */
    default void put(SettingChange change) throws StoreException {
        put(change, Expectation.NONE);
    }

    /**
     * Removes the entry that the change names, if it is still there as it stands in the change; says whether it was.
     *
     * @param change any action but {@link SettingChange.Action#SET}
     */
    boolean remove(SettingChange change) throws StoreException;

    /** The newest lines of the history of a kind, oldest first; of one key alone where one is given. */
    List<SettingChange> history(SettingKind kind, Optional<String> key) throws StoreException;
}
