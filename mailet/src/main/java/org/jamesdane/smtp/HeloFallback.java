/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

/** Permission to say HELO in clear text after a refused EHLO (RFC 5321 §3.2). Without EHLO there is no STARTTLS. */
public enum HeloFallback {
    /** A refused EHLO ends the session: what anyone on the way could answer must not lead to clear text where TLS is required. */
    NEVER,
    /** HELO is tried once. */
    ALLOWED
}
