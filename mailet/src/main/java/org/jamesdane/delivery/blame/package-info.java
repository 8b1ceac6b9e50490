/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Decision whose fault a failure of our own is: that of one mail, or that of this server.
 *
 * <p>{@link org.jamesdane.delivery.blame.Witnesses} remember which mails passed each step of an attempt. {@link
 * org.jamesdane.delivery.blame.Blame} asks them whether a mail alone fails where others pass.
 */
@NullMarked
package org.jamesdane.delivery.blame;

import org.jspecify.annotations.NullMarked;
