/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Failures as values. A host's failure has a kind, an enhanced status code (RFC 3463) and a result type for TLS reports (RFC 8460 §4.3).
 * Beside it stand the party at fault and the sections of RFCs that decisions cite.
 *
 * <p>A failed look-up, a mismatch and a lost connection are different kinds, so that logs, metrics and notices keep them apart.
 */
@NullMarked
package org.jamesdane.dane.failure;

import org.jspecify.annotations.NullMarked;
