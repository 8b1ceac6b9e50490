/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import org.jspecify.annotations.Nullable;

/** The store did not do what it was asked for, or may not have done it. Its message is one sentence; no secret is in it. */
public final class StoreException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** The state of the store after a failure. */
    public enum Kind {
        /** Nothing was changed. */
        REFUSED,
        /** Nothing was changed, for somebody else had changed the same before. */
        CHANGED,
        /** The change may have been stored or not. */
        IN_DOUBT,
        /** The stored content can't be read, now or in a moment. */
        DAMAGED
    }

    /** Reports that the store refused a change, of kind {@link Kind#REFUSED}; nothing was changed. */
    public StoreException(String sentence) {
        this(Kind.REFUSED, sentence, null);
    }

    /** Reports that a change failed, of kind {@link Kind#REFUSED}; nothing was changed. */
    public StoreException(String sentence, Throwable cause) {
        this(Kind.REFUSED, sentence, cause);
    }

    private StoreException(Kind kind, String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
        this.kind = kind;
    }

    static StoreException changed(String sentence) {
        return new StoreException(Kind.CHANGED, sentence, null);
    }

    static StoreException inDoubt(String sentence, Throwable cause) {
        return new StoreException(Kind.IN_DOUBT, sentence, cause);
    }

    static StoreException damaged(String sentence) {
        return new StoreException(Kind.DAMAGED, sentence, null);
    }

    /** Copy of this exception for another thread. */
    StoreException again() {
        return new StoreException(kind, sentence(), this);
    }

    /** State of the store after the failure. */
    public Kind kind() {
        return kind;
    }

    /** The sentence. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
