/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

/** State of the signatures over an RRset, or over all of a zone. */
public enum Signatures {
    VALID,
    /** Signatures with a wrong bit. */
    CORRUPT,
    /** Correct, but ended an hour ago. */
    EXPIRED,
    /** Correct, but begins in an hour. */
    NOT_YET_VALID,
    /** There are none. */
    MISSING
}
