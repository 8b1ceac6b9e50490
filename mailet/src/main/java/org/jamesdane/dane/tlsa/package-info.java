/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * TLSA records of a host: the names below which they may stand, their search, and the records that can be used.
 *
 * <p>{@link org.jamesdane.dane.tlsa.BaseDomains} and {@link org.jamesdane.dane.tlsa.TlsaSearch} follow RFC 7672 §2.2.2 and §2.2.3: the
 * expanded name first, and an error at one name ends the search. {@link org.jamesdane.dane.tlsa.TlsaUsability} sorts records
 * (RFC 6698 §4.1, RFC 7671 §9). A {@link org.jamesdane.dane.tlsa.UsableTlsaSet} comes from that rule alone.
 */
@NullMarked
package org.jamesdane.dane.tlsa;

import org.jspecify.annotations.NullMarked;
