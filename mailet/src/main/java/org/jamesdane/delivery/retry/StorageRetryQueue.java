/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.retry;

import java.time.Duration;

/** Waiting place for storage work that fails again and again, so that the work blocks no delivery. */
@FunctionalInterface
public interface StorageRetryQueue {
    /** Takes nothing. */
    StorageRetryQueue NONE = work -> false;

    /** Takes over a piece of work, if there is room for it; then its end is this one's affair. */
    boolean take(Work work);

    /** Work that waits. */
    interface Work {
        /**
         * Says how long it waits before it is tried again.
         *
         * @param failures how often it was tried here
         */
        default Duration pause(int failures) {
            return Backoff.after(failures);
        }

        /**
         * Tries once more.
         *
         * @return whether it is done
         */
        boolean tryAgain();

        /** Ends without having succeeded, because this server stops. */
        void giveUp();
    }
}
