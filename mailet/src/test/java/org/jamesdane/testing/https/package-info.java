/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * A policy host of MTA-STS for tests: real HTTPS on a loopback address, with what each domain publishes.
 *
 * <p>Needs the JDK, and certificates of {@link org.jamesdane.testing.pki.TestPki}.
 */
@NullMarked
package org.jamesdane.testing.https;

import org.jspecify.annotations.NullMarked;
