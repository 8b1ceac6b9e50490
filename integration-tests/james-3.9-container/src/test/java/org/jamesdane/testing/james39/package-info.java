/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** The packaged extension in the real mailet container of James 3.9. */
@NullMarked
package org.jamesdane.testing.james39;

import org.jspecify.annotations.NullMarked;
