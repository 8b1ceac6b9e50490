/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * {@code dane-check}: from a shell, what James would do with mail to a domain, by the same code. Needs no James, only the Java platform.
 *
 * <p>Standard output is for results alone, in text or as one line of JSON for each domain; progress and errors go to standard error.
 */
@NullMarked
package org.jamesdane.cli;

import org.jspecify.annotations.NullMarked;
