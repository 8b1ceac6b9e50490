/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.time.Duration;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Parcel that answers every question: one that could not be answered would stop the mails that wait for the same decision. */
final class GuardedParcel implements Parcel {
    private static final Logger LOGGER = LoggerFactory.getLogger(GuardedParcel.class);
    private static final String NOWHERE = "-";

    private final Parcel parcel;
    private final String destination;

    GuardedParcel(Parcel parcel) {
        this.parcel = parcel;
        this.destination = guarded(parcel::destination, NOWHERE);
    }

    private static <T> T guarded(Supplier<T> question, T otherwise) {
        try {
            return question.get();
        } catch (Throwable e) {
            LOGGER.error("A mail could not be asked; it is taken as if nothing were known of it", e);
            return otherwise;
        }
    }

    @Override
    public String destination() {
        return destination;
    }

    @Override
    public boolean canWait(Duration time) {
        return guarded(() -> parcel.canWait(time), true);
    }

    @Override
    public boolean isSentFor() {
        return guarded(parcel::isSentFor, false);
    }

    @Override
    public boolean isOverdue() {
        return guarded(parcel::isOverdue, false);
    }

    @Override
    public Reachability attempt() {
        return parcel.attempt();
    }

    @Override
    public void hold(Duration time) {
        parcel.hold(time);
    }

    @Override
    public void leaveLine() {
        parcel.leaveLine();
    }

    @Override
    public void giveBack() {
        try {
            parcel.giveBack();
        } catch (Throwable e) {
            // Others are given back with it.
            LOGGER.error("A mail to {} could not be given back to its queue", destination, e);
        }
    }
}
