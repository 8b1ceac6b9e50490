/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

/** The hash in a certificate's signature. */
public enum SignatureHash {
    /** Broken for signatures since 2017; still met in the field. */
    SHA1,
    /** The default. */
    SHA256,
    /** A stronger one. */
    SHA384
}
