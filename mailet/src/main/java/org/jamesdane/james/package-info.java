/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The side towards Apache James: the mailet, its parameters and {@code dane.properties}, James's queues, repositories and bounces,
 * and the wiring of all parts. Nothing outside this package and {@code org.jamesdane.webadmin} knows James.
 */
@NullMarked
package org.jamesdane.james;

import org.jspecify.annotations.NullMarked;
