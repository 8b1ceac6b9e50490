/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.bench;

import java.net.InetSocketAddress;
import java.time.Duration;

/** A mail server that is measured. */
interface Subject extends AutoCloseable {
    String name();

    /** Address at which the server takes mail. */
    InetSocketAddress smtp();

    /** Holds outgoing mail back in its queue from now on. */
    void closeGate();

    /** Lets outgoing mail leave. */
    void openGate();

    /** A number that grows by one with each mail that comes into the outgoing queue while the gate is closed. */
    long queued();

    /** The time that processors have spent on it so far, the JVM's own work included. */
    Duration cpu();

    /** The most memory that it has occupied, in MiB. */
    long peakMemory();

    /** Security of the server's deliveries or connections so far, by its own logs: how many of which kind. */
    String security();

    @Override
    void close();
}
