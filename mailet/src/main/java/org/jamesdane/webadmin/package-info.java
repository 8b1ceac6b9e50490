/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The operator's side, over James webadmin: everything under {@code /dane}.
 *
 * <p>A {@link org.jamesdane.webadmin.RouteGroup} lists its operations as {@link org.jamesdane.webadmin.Endpoint}s.
 * {@link org.jamesdane.webadmin.DaneRoutes} alone speaks to the HTTP server. So every path is below the one base path that webadmin's
 * authentication covers; a handler outside of that path would be served without. Every query parameter that nobody declared is refused.
 * Every body is bounded, and every error is one sentence in James's shape. {@code docs/openapi.yaml} can be compared with what is there.
 */
@NullMarked
package org.jamesdane.webadmin;

import org.jspecify.annotations.NullMarked;
