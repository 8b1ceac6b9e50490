/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The wait between two attempts, and its administration by an operator.
 *
 * <p>{@link org.jamesdane.delivery.deferral.DeferralStore} is the port of the worker. {@link
 * org.jamesdane.delivery.deferral.DeferredMails} lists, releases and deletes what waits, {@link
 * org.jamesdane.delivery.deferral.DeferredSelection} names the mails that are meant.
 */
@NullMarked
package org.jamesdane.delivery.deferral;

import org.jspecify.annotations.NullMarked;
