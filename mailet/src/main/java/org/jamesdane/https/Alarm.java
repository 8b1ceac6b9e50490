/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import java.time.Duration;

/** Source of time limits. */
@FunctionalInterface
public interface Alarm {
    /** An alarm that is set. */
    @FunctionalInterface
    interface Handle {
        /** Turns the alarm off; nothing happens if it rang already. */
        void cancel();
    }

    /**
     * Sets an alarm.
     *
     * @param task runs after the limit, in a thread of the alarm's own; it must not block
     */
    Handle after(Duration limit, Runnable task);
}
