/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Mail servers and resolvers of others for tests and benchmarks, started by chroot in the directories that
 * {@code integration-tests/peers/fetch-peers} has unpacked.
 */
@NullMarked
package org.jamesdane.testing.peers;

import org.jspecify.annotations.NullMarked;
