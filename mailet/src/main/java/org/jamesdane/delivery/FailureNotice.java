/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.util.OptionalInt;

import org.jamesdane.dane.EnhancedCode;

/**
 * What the sender of a mail is told of recipients who did not get it.
 *
 * @param code the enhanced status code, a permanent one
 * @param replyCode the code of the host's reply, if a reply decided it
 * @param text what happened at which host, for people; one or more sentences
 */
public record FailureNotice(EnhancedCode code, OptionalInt replyCode, String text) {
}
