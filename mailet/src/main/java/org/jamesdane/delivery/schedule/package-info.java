/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The turn of each mail: how many deliveries run at once, to which destination, and when the next attempt is due.
 *
 * <p>{@link org.jamesdane.delivery.schedule.Dispatcher} has {@link org.jamesdane.delivery.schedule.Turns} decide under its lock, and acts
 * outside of it. Each destination has three policies. {@link org.jamesdane.delivery.schedule.DestinationState} holds its window of
 * concurrent deliveries, and {@link org.jamesdane.delivery.schedule.FailureBackoff} its pauses while it is dead.
 * {@link org.jamesdane.delivery.schedule.WaitEstimate} tells if a turn is near. All of them read one monotonic
 * {@link org.jamesdane.delivery.schedule.Ticker}, which no correction of the clock moves.
 * {@link org.jamesdane.delivery.schedule.RetrySchedule} gives the time of the next attempt.
 */
@NullMarked
package org.jamesdane.delivery.schedule;

import org.jspecify.annotations.NullMarked;
