/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** The message broker that several Jameses of a test share. */
@NullMarked
package org.jamesdane.testing.broker;

import org.jspecify.annotations.NullMarked;
