/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Settings of deliveries, as values: time limits, gateways, source addresses and conversions.
 */
@NullMarked
package org.jamesdane.delivery.settings;

import org.jspecify.annotations.NullMarked;
