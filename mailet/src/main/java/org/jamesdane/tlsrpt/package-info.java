/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * TLS reports: who wants them, and what is in one (RFC 8460).
 *
 * <p>A domain can ask senders for a daily report on TLS. The report counts sessions that succeeded under the domain's policy, and those
 * that failed, with the kind of failure. From it the domain learns that its own DANE or MTA-STS is broken, or that somebody attacks it.
 *
 * <p>The package holds these rules as pure functions over values; answers of the DNS and the octets of reports come in from outside:
 * <ol>
 * <li>{@link org.jamesdane.tlsrpt.TlsRptRecord} reads the TXT record by which a domain asks for reports (RFC 8460 §3), and {@link
 * org.jamesdane.tlsrpt.Rua} each place that it names.
 * <li>{@link org.jamesdane.tlsrpt.ReportCheck} compares a report with the RFC, whoever wrote it.
 * </ol>
 *
 * <p><b>All input is hostile</b>: records and reports may come from anybody. They are read within bounds, refused with a sentence, and
 * repeated only in printable form.
 *
 * <p>Nothing sends reports yet; {@code dane-check tlsrpt} uses the record and the check.
 */
@NullMarked
package org.jamesdane.tlsrpt;

import org.jspecify.annotations.NullMarked;
