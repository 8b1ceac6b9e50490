/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.Closeable;

import org.jamesdane.delivery.DeferralStore;
import org.jamesdane.delivery.DeferredMails;

/** One of the two ways in which the deferred mail of a queue is kept: with the queue's own delay, or in a mail repository. */
interface Deferrals extends DeferralStore<JamesMail>, DeferredMails, Closeable {
    /** Begins to give back mail that is due. */
    void start();

    /** Ends that; mail that is stored stays stored. */
    @Override
    void close();
}
