/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Way of one mail out: the lookups, the hosts in their order, the connection, and the outcome for each recipient. This package makes the
 * effects that {@code org.jamesdane.dane} decides on; it knows mail queues, repositories and bounces only through ports.
 */
@NullMarked
package org.jamesdane.delivery;

import org.jspecify.annotations.NullMarked;
