/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns;

/**
 * A mail exchanger (RFC 5321 §5.1).
 *
 * @param preference lower is preferred
 * @param exchange the host; the root means that the domain takes no mail (RFC 7505)
 */
public record MxRecord(int preference, DomainName exchange) implements DnsRecord {
}
