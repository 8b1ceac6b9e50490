/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** The packaged extension in a whole James, against the demonstration's destinations. */
@NullMarked
package org.jamesdane.e2e;

import org.jspecify.annotations.NullMarked;
