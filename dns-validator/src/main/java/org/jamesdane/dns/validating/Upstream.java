/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/** A recursive resolver, and whether it is worth asking at the moment. */
final class Upstream {
    /** Timeouts in a row that may be the fault of the names asked for; more are the resolver's. */
    private static final int PATIENCE = 3;
    private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
    private static final int MAX_DOUBLINGS = 6;

    private final InetSocketAddress address;
    @GuardedBy("this")
    private int failures;
    @GuardedBy("this")
    private long backOffUntil = System.nanoTime();
    @GuardedBy("this")
    private boolean tested;
    @GuardedBy("this")
    private boolean usable;
    @GuardedBy("this")
    private Optional<String> advice = Optional.empty();

    Upstream(InetSocketAddress address) {
        this.address = address;
    }

    InetSocketAddress address() {
        return address;
    }

    /** Notes a reply. */
    synchronized void succeeded() {
        failures = 0;
        backOffUntil = System.nanoTime();
    }

    /** Notes that no reply came, or none that was a DNS message. */
    synchronized void failed() {
        failures++;
        if (failures >= PATIENCE) {
            int doublings = Math.min(failures - PATIENCE, MAX_DOUBLINGS);
            backOffUntil = System.nanoTime() + (FIRST_BACK_OFF.toNanos() << doublings);
        }
    }

    /** Tests whether others are to be asked first. */
    synchronized boolean isBackingOff() {
        return backOffUntil - System.nanoTime() > 0;
    }

    /** Tests whether this resolver has left so many queries unanswered that it may be down. */
    synchronized boolean isSuspect() {
        return failures >= PATIENCE;
    }

    /**
     * The result of a self-test. A resolver that passed once is given up only after two failures in a row. The first may be one odd reply,
     * and without a resolver no mail is sent.
     *
     * @param finding what it failed and what to do about it; empty if it passed
     */
    synchronized void tested(Optional<String> finding) {
        boolean failedBefore = advice.isPresent();
        tested = true;
        advice = finding;
        usable = finding.isEmpty() || (usable && !failedBefore);
    }

    /** Tests whether this resolver may be asked: it passed its last self-test, or the one before. */
    synchronized boolean isUsable() {
        return usable;
    }

    /** Tests whether this resolver passed its last self-test. */
    synchronized boolean hasPassed() {
        return tested && advice.isEmpty();
    }

    synchronized ValidatorStatus.UpstreamStatus status() {
        return new ValidatorStatus.UpstreamStatus(address, tested, usable, isBackingOff(), advice);
    }

    /** Address as people write it, with the port where that is not 53. */
    @Override
    public String toString() {
        String host = address.getAddress().getHostAddress();
        return address.getPort() == ValidatorConfig.DNS_PORT ? host : host + " port " + address.getPort();
    }
}
