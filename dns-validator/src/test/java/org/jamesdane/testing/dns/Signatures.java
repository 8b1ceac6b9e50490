/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

/** What the signatures over an RRset, or over all of a zone, are like. */
public enum Signatures {
    VALID,
    /** One bit of the signature is wrong. */
    CORRUPT,
    /** Correct, but ended an hour ago. */
    EXPIRED,
    /** Correct, but begins in an hour. */
    NOT_YET_VALID,
    /** There are none. */
    MISSING
}
