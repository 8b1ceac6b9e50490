/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

/** Octets of a stored mail that are there and are not those that were stored. An I/O error is none: it may be over in a moment. */
public final class DamagedMailException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Takes a sentence without its full stop. */
    public DamagedMailException(String sentence) {
        super(sentence);
    }
}
