/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** The demonstration's world as a test. */
@NullMarked
package org.jamesdane.demo;

import org.jspecify.annotations.NullMarked;
