/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Many small mails: a source that hands them to a server, and mail hosts that count what arrives. */
@NullMarked
package org.jamesdane.testing.load;

import org.jspecify.annotations.NullMarked;
