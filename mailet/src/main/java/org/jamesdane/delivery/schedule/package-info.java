/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The turn of each mail: how many deliveries run at once, and to which destination.
 *
 * <p>{@link org.jamesdane.delivery.schedule.Dispatcher} has {@link org.jamesdane.delivery.schedule.Turns} decide under its lock, and acts
 * outside of it. {@link org.jamesdane.delivery.schedule.Shares} divides the places between destinations that take mail and those that do
 * not.
 */
@NullMarked
package org.jamesdane.delivery.schedule;

import org.jspecify.annotations.NullMarked;
