/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Failures as values: the failure of a host with its kind, its enhanced status code (RFC 3463) and its result type for TLS
 * reports (RFC 8460 §4.3), the side that a failure belongs to, and the sections of RFCs that decisions cite.
 *
 * <p>A failed look-up, a mismatch and a lost connection are different kinds, so that logs, metrics and notices keep them apart.
 */
@NullMarked
package org.jamesdane.dane.failure;

import org.jspecify.annotations.NullMarked;
