/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import org.jamesdane.mtasts.PolicyFetch;

/** The end of a fetch without a policy; its message is one clause, for people. */
final class FetchFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final PolicyFetch.Cause kind;

    FetchFailure(PolicyFetch.Cause kind, String text) {
        super(text, null, false, false);
        this.kind = kind;
    }

    /** The host could not be reached, or sent no complete answer. */
    static FetchFailure unavailable(String text) {
        return new FetchFailure(PolicyFetch.Cause.UNAVAILABLE, text);
    }

    /** The host served something that is no policy. */
    static FetchFailure invalid(String text) {
        return new FetchFailure(PolicyFetch.Cause.INVALID, text);
    }

    PolicyFetch.Failed result() {
        return new PolicyFetch.Failed(kind, String.valueOf(getMessage()));
    }
}
