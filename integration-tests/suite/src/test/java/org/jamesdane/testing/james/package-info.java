/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** Tests of the harness itself: with a mailet that only says what it got. */
@NullMarked
package org.jamesdane.testing.james;

import org.jspecify.annotations.NullMarked;
