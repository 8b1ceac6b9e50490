/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The rules of RFC 7672 and RFC 7671 for a sender, as pure functions over values.
 */
@NullMarked
package org.jamesdane.dane;

import org.jspecify.annotations.NullMarked;
