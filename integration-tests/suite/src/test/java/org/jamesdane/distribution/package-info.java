/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** The archive that users download, and what becomes of those who follow the README or come from an earlier version. */
@NullMarked
package org.jamesdane.distribution;

import org.jspecify.annotations.NullMarked;
