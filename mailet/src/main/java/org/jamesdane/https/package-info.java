/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * HTTPS to hosts that strangers name, and the public CAs that prove who such a host is.
 *
 * <p>{@link org.jamesdane.https.PlatformAuthorities} reads the CAs that the Java platform trusts, for mail hosts and gateways as well.
 */
@NullMarked
package org.jamesdane.https;

import org.jspecify.annotations.NullMarked;
