/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * TLS reports as a sender makes and reads them (RFC 8460).
 *
 * <p>A domain can ask senders for a daily report on TLS. The report counts sessions that succeeded under the domain's policy, and those
 * that failed, with the kind of failure. From it the domain learns that its own DANE or MTA-STS is broken, or that somebody attacks it.
 *
 * <p>The package holds these rules as pure functions over values; answers of the DNS, sessions and the time come in from outside:
 * <ol>
 * <li>{@link org.jamesdane.tlsrpt.TlsRptRecord} reads the TXT record by which a domain asks for reports (RFC 8460 §3), and {@link
 * org.jamesdane.tlsrpt.Rua} each place that it names.
 * <li>{@link org.jamesdane.tlsrpt.SessionResults} decides what a {@link org.jamesdane.tlsrpt.TlsSession} adds to which reports (RFC 8460
 * §4.2, §4.3).
 * <li>{@link org.jamesdane.tlsrpt.DayTally} counts the sessions of a day, within bounds.
 * <li>{@link org.jamesdane.tlsrpt.TlsReport} writes the report (RFC 8460 §4.4), under one {@link org.jamesdane.tlsrpt.ReportId}, and
 * {@link org.jamesdane.tlsrpt.ReportMail} the mail that brings it (RFC 8460 §5.3).
 * <li>{@link org.jamesdane.tlsrpt.ReportCheck} compares a report with the RFC, whoever wrote it.
 * </ol>
 *
 * <p><b>A session is counted once</b>, under the one policy that decided on it. <b>All input is hostile</b>: records and reports may come
 * from anybody. They are read within bounds, refused with a sentence, and repeated only in printable form.
 *
 * <p>Nothing counts deliveries or sends reports yet; {@code dane-check tlsrpt} uses the record and the check.
 */
@NullMarked
package org.jamesdane.tlsrpt;

import org.jspecify.annotations.NullMarked;
