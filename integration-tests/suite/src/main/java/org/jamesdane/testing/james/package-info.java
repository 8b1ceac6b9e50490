/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * A real James for tests and for the demo: the jars of its release, a configuration directory, and the extension dropped into
 * {@code extensions-jars} as an operator would do it.
 *
 * <p>{@link org.jamesdane.testing.james.JamesSetup} says what to run; it starts James either as a process of its own
 * ({@link org.jamesdane.testing.james.RealJames}) or inside this JVM ({@link org.jamesdane.testing.james.EmbeddedJames}). Neither
 * way puts James on the class path of the tests: James brings its own versions of libraries that tests use too, and an extension
 * found on the application class path would hide the faults of its class loader.
 *
 * <p>Both listen on an address of 127.0.0.0/8 chosen afresh, so that several run side by side without agreeing on ports.
 */
@NullMarked
package org.jamesdane.testing.james;

import org.jspecify.annotations.NullMarked;
