/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The worker: one mail out of a queue, from its first look to an outcome for each recipient that outlives the process.
 *
 * <p>This package and those below it make the effects that {@code org.jamesdane.dane} decides on. They know queues, repositories and
 * notices only through the ports in {@code mail} and {@code deferral}. A newcomer begins with {@code mail}, the mail and its ports, and
 * goes on to {@code schedule}, the turn of each mail. Then come {@code attempt}, one attempt, and this package, the fate of the mail after
 * it. {@code deferral} is the wait for the next attempt. {@code monitoring} tells others, and can change nothing.
 */
@NullMarked
package org.jamesdane.delivery;

import org.jspecify.annotations.NullMarked;
