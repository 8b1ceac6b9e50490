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
    private final boolean postponed;

    FetchFailure(PolicyFetch.Cause kind, String text) {
        this(kind, text, false);
    }

    private FetchFailure(PolicyFetch.Cause kind, String text, boolean postponed) {
        super(text, null, false, false);
        this.kind = kind;
        this.postponed = postponed;
    }

    /** This server had no room for the fetch. */
    static FetchFailure postponed(String text) {
        return new FetchFailure(PolicyFetch.Cause.UNAVAILABLE, text, true);
    }

    /** The host could not be reached, or sent no complete answer. */
    static FetchFailure unavailable(String text) {
        return new FetchFailure(PolicyFetch.Cause.UNAVAILABLE, text);
    }

    /** The host served something that is no policy. */
    static FetchFailure invalid(String text) {
        return new FetchFailure(PolicyFetch.Cause.INVALID, text);
    }

    PolicyFetch result() {
        String text = String.valueOf(getMessage());
        return postponed ? new PolicyFetch.Postponed(text) : new PolicyFetch.Failed(kind, text);
    }
}
