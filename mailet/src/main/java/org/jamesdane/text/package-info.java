/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Text for people and machines, written by hand: JSON, and text from the network with its unprintable characters made visible.
 * Values go in, text comes out; nothing here knows what the text is about.
 */
@NullMarked
package org.jamesdane.text;

import org.jspecify.annotations.NullMarked;
