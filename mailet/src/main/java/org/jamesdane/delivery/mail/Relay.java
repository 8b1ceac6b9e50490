/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.mail;

/**
 * A recipient whose mail a host took that does not notify.
 *
 * @param recipient the address
 * @param host the host
 * @param reply what it said, for people
 * @param diagnostic the same word for word, in ASCII
 */
public record Relay(String recipient, String host, String reply, String diagnostic) {
}
