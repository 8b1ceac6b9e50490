/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.time.Duration;

import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.mail.OutboundMail;

/** A mail that is only put in order, and never tried, held or given back. */
class UntouchedMail extends TestQueuedMail<OutboundMail> {
    private final String name;
    private final String destination;

    UntouchedMail(String name, String destination) {
        this.name = name;
        this.destination = destination;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String destination() {
        return destination;
    }

    @Override
    protected Reachability attempt() {
        throw new AssertionError("nothing is attempted here");
    }

    @Override
    protected void hold(Duration time) {
        throw new AssertionError("nothing is held here");
    }

    @Override
    public void requeueAtOnce() {
        throw new AssertionError("nothing goes back here");
    }
}
