/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns;

/** An alias (RFC 1034 §3.6.2), as the answer to a question for {@link RecordType#CNAME} alone: every other question follows it. */
public record CnameRecord(DomainName target) implements DnsRecord {
}
