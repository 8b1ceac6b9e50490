/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** Tasks of an operator, with the commands that docs/operating.md gives, against a whole James. */
@NullMarked
package org.jamesdane.operating;

import org.jspecify.annotations.NullMarked;
