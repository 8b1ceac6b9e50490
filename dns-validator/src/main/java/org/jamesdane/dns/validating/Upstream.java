/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/** A recursive resolver, and whether it is worth asking at the moment. */
final class Upstream {
    /** Timeouts in a row that may be the fault of the names asked for; more are the resolver's. */
    private static final int PATIENCE = 3;
    private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
    private static final int MAX_DOUBLINGS = 6;

    private final InetSocketAddress address;
    private int failures;
    private long backOffUntil = System.nanoTime();
    private boolean tested;
    private Optional<String> advice = Optional.empty();

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

    /** Whether it has left so many queries unanswered that it may be down. */
    synchronized boolean isSuspect() {
        return failures >= PATIENCE;
    }

    /**
     * The result of a self-test.
     *
     * @param finding what it failed and what to do about it; empty if it passed
     */
    synchronized void tested(Optional<String> finding) {
        tested = true;
        advice = finding;
    }

    /** Whether it passed its self-test. */
    synchronized boolean isUsable() {
        return tested && advice.isEmpty();
    }

    synchronized ValidatorStatus.UpstreamStatus status() {
        return new ValidatorStatus.UpstreamStatus(address, tested, tested && advice.isEmpty(), isBackingOff(), advice);
    }

    /** As people write it: the address, and the port where it is not 53. */
    @Override
    public String toString() {
        String host = address.getAddress().getHostAddress();
        return address.getPort() == ValidatorConfig.DNS_PORT ? host : host + " port " + address.getPort();
    }
}
