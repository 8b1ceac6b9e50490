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

    /** Where it takes mail. */
    InetSocketAddress smtp();

    /** Holds outgoing mail back in its queue from now on. */
    void closeGate();

    /** Lets outgoing mail leave. */
    void openGate();

    /** How many mails have come into the outgoing queue in its life. */
    long queued();

    /** The time its processors have spent on it, the JVM's own work included. */
    Duration cpu();

    /** The most memory that it has occupied, in MiB. */
    long peakMemory();

    @Override
    void close();
}
