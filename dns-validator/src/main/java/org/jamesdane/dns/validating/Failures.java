/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.concurrent.CompletionException;

import org.jamesdane.dns.Lookup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Conversion of the error that ended a computation to a failure of the lookup. Nothing that is thrown can become an answer. */
final class Failures {
    private static final Logger LOGGER = LoggerFactory.getLogger(Failures.class);

    private Failures() {
    }

    static LookupFailure unwrap(Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof LookupFailure failure) {
            return failure;
        }
        LOGGER.error("A DNS lookup ended in a defect", cause);
        return LookupFailure.of(Lookup.Reason.INTERNAL, "a defect in this software, see the log");
    }
}
