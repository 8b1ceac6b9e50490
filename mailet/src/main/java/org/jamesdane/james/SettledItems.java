/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jamesdane.store.AcceptedRecipients;
import org.jamesdane.store.ItemLife;
import org.jamesdane.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recipients of queue items for whom nothing is left to do although the queue may give the item out again. The record is on this node's
 * disk, and in the database that all nodes share, where there is one.
 */
final class SettledItems {
    private static final Logger LOGGER = LoggerFactory.getLogger(SettledItems.class);

    private final List<AcceptedRecipients> places;

    SettledItems(List<AcceptedRecipients> places) {
        this.places = List.copyOf(places);
    }

    /** Records recipients, wherever that succeeds. */
    void record(ItemLife life, Collection<String> recipients) {
        for (AcceptedRecipients place : places) {
            if (!isSettled(place, life, recipients)) {
                isSettled(place, life, recipients);
            }
        }
    }

    /** Records them at one place; the other place is asked whatever happens here. Only what is unexpected may pass at once. */
    private static boolean isSettled(AcceptedRecipients place, ItemLife life, Collection<String> recipients) {
        try {
            place.record(life, recipients);
            return true;
        } catch (Throwable e) {
            LOGGER.error("It could not be recorded that {} recipients of the queue item {} need it no more; if the queue gives it out "
                + "again, they may get it twice", recipients.size(), life, e);
            return e instanceof StoreException;
        }
    }

    /** The recipients who need an item no more, as far as it can be known now. */
    Set<String> of(ItemLife life) {
        Set<String> all = new HashSet<>();
        for (AcceptedRecipients place : places) {
            try {
                all.addAll(place.of(life));
            } catch (Throwable e) {
                LOGGER.debug("It is not known which recipients need the queue item {} no more", life, e);
            }
        }
        return all;
    }
}
