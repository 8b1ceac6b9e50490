/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Times of the next attempt: of a mail, and of work on a storage that failed.
 *
 * <p>{@link org.jamesdane.delivery.retry.RetrySchedule} gives the time of a mail's next attempt (RFC 5321 §4.5.4.1). {@link
 * org.jamesdane.delivery.retry.TimedStorageRetryQueue} repeats what a storage refused, and {@link
 * org.jamesdane.delivery.retry.StopSignal} ends each such wait.
 */
@NullMarked
package org.jamesdane.delivery.retry;

import org.jspecify.annotations.NullMarked;
