/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The operator's side, over James webadmin: everything under {@code /dane}.
 *
 * <p>A {@link org.jamesdane.webadmin.RouteGroup} says what it offers as {@link org.jamesdane.webadmin.Endpoint}s;
 * {@link org.jamesdane.webadmin.DaneRoutes} alone speaks to the HTTP server. So every path is below the one base path that webadmin's
 * authentication covers (a handler outside of it would be served without), every query parameter that nobody declared is refused,
 * every body is bounded, every error is one sentence in James's shape, and {@code docs/openapi.yaml} can be compared with what is there.
 */
@NullMarked
package org.jamesdane.webadmin;

import org.jspecify.annotations.NullMarked;
