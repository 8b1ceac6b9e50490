/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * James 3.8 with queues that several processes share; compiled against James's jars and run with them, never on the class path of a
 * test.
 */
package org.jamesdane.testing.rabbitmq;
