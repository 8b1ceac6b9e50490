/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Certificates and paths between them, in the parts that RFC 7672 needs of RFC 5280.
 *
 * <p>{@link org.jamesdane.dane.pkix.PeerCertificate} holds octets; a certificate is parsed only where a rule needs its content.
 * {@link org.jamesdane.dane.pkix.CertificationPath} looks for a path to a trust anchor, {@link org.jamesdane.dane.pkix.PathValidation}
 * judges dates, constraints and signatures on it (RFC 5280 §6.1), and {@link org.jamesdane.dane.pkix.PresentedIdentifiers} compares names
 * (RFC 6125 §6.4). Revocation and Certificate Transparency are not checked.
 */
@NullMarked
package org.jamesdane.dane.pkix;

import org.jspecify.annotations.NullMarked;
