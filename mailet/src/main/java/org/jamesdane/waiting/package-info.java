/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Stored form of mail that waits, without James: everything but the message as a {@link org.jamesdane.waiting.StoredHeader}, and the
 * message's octets exactly as they came. All forms of storing that are our own share it.
 */
@NullMarked
package org.jamesdane.waiting;

import org.jspecify.annotations.NullMarked;
