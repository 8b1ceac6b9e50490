/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The TLS client beside Postfix's, against servers of OpenSSL and GnuTLS. They have odd certificates, keys and habits, under a record 3 1 1
 * for the key of each. They also have the chains and names of our own tables, and of domains of every kind of alias, under DANE-TA. Every
 * difference is listed with its reason in docs/divergences.md.
 */
@NullMarked
package org.jamesdane.peers.tls;

import org.jspecify.annotations.NullMarked;
