/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The real mailet container of James 3.9, from the parts that the Maven registry has: its Guice modules, its extension loader, its
 * spooler and processors, with users and domains in memory. Missing there, and so our own: the mail queue.
 *
 * <p>Compiled against James 3.9, and loaded by a class loader that sees nothing else; the tests reach it by reflection.
 */
package org.jamesdane.testing.james39;
