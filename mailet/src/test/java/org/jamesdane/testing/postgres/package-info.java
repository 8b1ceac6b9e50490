/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** A PostgreSQL server of a test's own: the one that this machine has installed, with a cluster in a temporary directory. */
@NullMarked
package org.jamesdane.testing.postgres;

import org.jspecify.annotations.NullMarked;
