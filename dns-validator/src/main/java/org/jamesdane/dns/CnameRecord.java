/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns;

/** An alias as a record of its own (RFC 1034 §3.6.2). */
public record CnameRecord(DomainName target) implements DnsRecord {
}
