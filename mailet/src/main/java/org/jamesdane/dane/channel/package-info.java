/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The requirement on a connection, and the proof that one meets it.
 *
 * <p>{@link org.jamesdane.dane.channel.DanePolicy} is the decision table: policy, route and TLSA records in, a
 * {@link org.jamesdane.dane.channel.TlsRequirement} out (RFC 7672 §2.2, §6). {@link org.jamesdane.dane.channel.ChannelCheck} compares a
 * connection with it by {@link org.jamesdane.dane.channel.DaneVerifier} (RFC 7672 §3), and alone makes a
 * {@link org.jamesdane.dane.channel.Permit}. Nothing of a mail is sent without a permit.
 */
@NullMarked
package org.jamesdane.dane.channel;

import org.jspecify.annotations.NullMarked;
