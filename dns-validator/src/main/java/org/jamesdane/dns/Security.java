/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns;

/**
 * Security of an answer, as proved (RFC 4033 §5; RFC 7672 §2.1.1). Bogus and indeterminate are not here: they are {@link Lookup.Failed}.
 */
public enum Security {
    /** A chain of signatures leads from a trust anchor to the answer. */
    SECURE,
    /** No chain of signatures can lead to the answer, which is proved. */
    INSECURE;

    /** The security of a whole that consists of this part and another: secure only if both are. */
    public Security and(Security other) {
        return this == SECURE ? other : INSECURE;
    }
}
