/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.net.InetSocketAddress;
import java.time.Duration;

/** A recursive resolver, and whether it is worth asking at the moment. */
final class Upstream {
    /** Timeouts in a row that may be the fault of the names asked for; more are the resolver's. */
    private static final int PATIENCE = 3;
    private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
    private static final int MAX_DOUBLINGS = 6;

    private final InetSocketAddress address;
    private int failures;
    private long backOffUntil = System.nanoTime();

    Upstream(InetSocketAddress address) {
        this.address = address;
    }

    InetSocketAddress address() {
        return address;
    }

    /** It replied. */
    synchronized void succeeded() {
        failures = 0;
        backOffUntil = System.nanoTime();
    }

    /** It did not reply, or not with a DNS message. */
    synchronized void failed() {
        failures++;
        if (failures >= PATIENCE) {
            int doublings = Math.min(failures - PATIENCE, MAX_DOUBLINGS);
            backOffUntil = System.nanoTime() + (FIRST_BACK_OFF.toNanos() << doublings);
        }
    }

    /** Whether others are to be asked first. */
    synchronized boolean isBackingOff() {
        return backOffUntil - System.nanoTime() > 0;
    }

    @Override
    public String toString() {
        String host = address.getAddress().getHostAddress();
        return address.getPort() == ValidatorConfig.DNS_PORT ? host : host + " port " + address.getPort();
    }
}
