/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.util.Collection;
import java.util.Set;

/**
 * Record of the recipients who need a queue item no more: a host has accepted it, or the sender was told that it failed. A broker that
 * gives the item out again gets it delivered to the other recipients alone.
 */
public interface AcceptedRecipients {
    /**
     * Records that these recipients of an item need it no more. To record the same again changes nothing.
     *
     * @param item the life of the queue item, different for each item that was ever put into a queue
     * @throws StoreException if it is not confirmed that all of them are recorded
     */
    void record(ItemLife item, Collection<String> recipients) throws StoreException;

    /** The recorded recipients of an item; those of more than ten days ago may be forgotten. */
    Set<String> of(ItemLife item) throws StoreException;
}
