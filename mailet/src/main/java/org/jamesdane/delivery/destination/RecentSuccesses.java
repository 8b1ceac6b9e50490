/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

/** Memory of the destinations that took or judged a mail within the last day, kept over restarts. Asked under a lock: it must not wait. */
public interface RecentSuccesses {
    /** Tests whether the destination took or judged a mail within the last day. */
    boolean isRecent(String destination);

    /** Notes that the destination took or judged a mail just now. */
    void succeeded(String destination);

    /** Forgets the successes of the destination, which held places for some time without another. */
    void forget(String destination);
}
