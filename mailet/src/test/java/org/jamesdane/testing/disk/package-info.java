/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** A disk in memory that breaks down on command, and forgets what was not synchronised when its power fails. */
@NullMarked
package org.jamesdane.testing.disk;

import org.jspecify.annotations.NullMarked;
