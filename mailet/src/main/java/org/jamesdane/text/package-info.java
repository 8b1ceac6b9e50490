/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Text for people and machines: JSON, text from the network with its unprintable characters made visible, and the domain of a mail address.
 * Values go in, text comes out; the package knows nothing of a delivery.
 */
@NullMarked
package org.jamesdane.text;

import org.jspecify.annotations.NullMarked;
