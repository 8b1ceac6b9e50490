/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** Comparison of what is said with what was said before. */
@NullMarked
package org.jamesdane.testing.golden;

import org.jspecify.annotations.NullMarked;
