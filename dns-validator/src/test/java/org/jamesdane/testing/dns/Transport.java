/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

/** Transport of a question. */
public enum Transport {
    UDP, TCP
}
