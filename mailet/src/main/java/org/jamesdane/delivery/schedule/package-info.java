/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The turn of each mail: how many deliveries run at once, to which destination, and when the next attempt is due.
 *
 * <p>{@link org.jamesdane.delivery.schedule.Dispatcher} decides under its lock and acts outside of it. {@link
 * org.jamesdane.delivery.schedule.DestinationState} keeps what is known of one destination: its window of concurrent deliveries, and its
 * pauses while it is dead. {@link org.jamesdane.delivery.schedule.RetrySchedule} gives the time of the next attempt.
 */
@NullMarked
package org.jamesdane.delivery.schedule;

import org.jspecify.annotations.NullMarked;
