/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

/** Over what kind of channel something came. */
public enum Protection {
    /** Readable by all on the way. */
    CLEAR,
    /** Under TLS. */
    TLS
}
