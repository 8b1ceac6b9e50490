/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

/** Credentials that came by AUTH (RFC 4954). */
public record Login(String mechanism, String user, String password, Protection protection) {
}
