/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** Tests of the link check itself, with deliberately broken hosts, and the check of the two packaged jars. */
@NullMarked
package org.jamesdane.linkcheck;

import org.jspecify.annotations.NullMarked;
