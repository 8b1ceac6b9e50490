/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;

/** Logs the beginning and the end of an outage, each once, however often the work is tried in between. */
final class OutageLog {
    private final Logger logger;
    private final String what;
    private final AtomicBoolean present = new AtomicBoolean();

    /**
     * Watches one thing.
     *
     * @param what its name, as a sentence begins with it
     */
    OutageLog(Logger logger, String what) {
        this.logger = logger;
        this.what = what;
    }

    void failed(String consequence, Throwable cause) {
        if (present.compareAndSet(false, true)) {
            logger.error("{} does not work: {}. {}; this is said once", what, cause.getMessage(), consequence, cause);
        } else {
            logger.debug("{} still does not work", what, cause);
        }
    }

    void over() {
        if (present.compareAndSet(true, false)) {
            logger.info("{} works again", what);
        }
    }
}
