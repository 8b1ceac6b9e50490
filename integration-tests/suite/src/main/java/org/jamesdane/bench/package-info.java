/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The benchmark of delivery: whole servers side by side on one machine, in one run, in turn. What is measured and what bounds it stands
 * in {@code docs/benchmarks.md}.
 */
@NullMarked
package org.jamesdane.bench;

import org.jspecify.annotations.NullMarked;
