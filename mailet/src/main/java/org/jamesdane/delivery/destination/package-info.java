/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * State of each destination: how many deliveries at once it earns, when it is paused, and how soon a mail has its turn.
 *
 * <p>Each destination has three policies. {@link org.jamesdane.delivery.destination.DestinationState} holds its window of concurrent
 * deliveries, and {@link org.jamesdane.delivery.destination.FailureBackoff} its pauses while it is dead. {@link
 * org.jamesdane.delivery.destination.WaitEstimate} tells if a turn is near. All of them read one monotonic {@link
 * org.jamesdane.delivery.destination.Ticker}, which no correction of the clock moves.
 */
@NullMarked
package org.jamesdane.delivery.destination;

import org.jspecify.annotations.NullMarked;
