/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.routing;

import org.jamesdane.dns.DnsRecord;

/**
 * A question to the DNS with its answer.
 *
 * @param type the type of the records asked for
 */
public record Asked(String type, Resolution<? extends DnsRecord> answer) {
}
