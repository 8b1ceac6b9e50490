/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The worker: one mail out of a queue, from its first look to an outcome for each recipient that outlives the process.
 *
 * <p>This package and those below it make the effects that {@code org.jamesdane.dane} decides on. They know queues, repositories and
 * notices only through the ports in {@code mail} and {@code deferral}. A newcomer reads the packages in this order: {@code mail}, the mail
 * and its ports; {@code schedule}, the turn of each mail; {@code attempt}, one attempt; this one, what becomes of the mail then; {@code
 * deferral}, the wait for the next attempt. {@code monitoring} tells others, and can change nothing.
 */
@NullMarked
package org.jamesdane.delivery;

import org.jspecify.annotations.NullMarked;
