/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.monitoring;

import java.time.Instant;

import org.jamesdane.dane.failure.Fault;
import org.jamesdane.smtp.Envelope;

/**
 * A failure on this server that is a mail's own: it meets this mail again and again while others get through.
 *
 * @param at when it was decided
 * @param mail its name
 * @param envelope its envelope
 * @param step where it fails
 * @param failures how often it has failed
 * @param text what went wrong, as one sentence
 */
public record BlamedMail(Instant at, String mail, Envelope envelope, Fault step, int failures, String text) {
}
