/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns;

/** The data of a DNS record. */
public sealed interface DnsRecord permits AddressRecord, CnameRecord, MxRecord, TlsaRecord, TxtRecord {
}
