/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Means for fuzz tests. Such a test has one method with the octets of a stranger as its argument. Every build gives it the octets kept
 * among the test resources; {@link org.jamesdane.testing.fuzz.FuzzRun} looks for new ones, guided by coverage, for as long as it is told.
 */
@NullMarked
package org.jamesdane.testing.fuzz;

import org.jspecify.annotations.NullMarked;
