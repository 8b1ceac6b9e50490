/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * A demonstration: a signed DNS, good and bad destinations, and a real James that sends one mail to each of them.
 */
@NullMarked
package org.jamesdane.demo;

import org.jspecify.annotations.NullMarked;
