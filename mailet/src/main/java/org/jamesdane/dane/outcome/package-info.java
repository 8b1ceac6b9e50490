/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Outcomes of attempts, for each recipient: delivered, deferred or returned (RFC 7672 §2.1.2).
 *
 * <p>{@link org.jamesdane.dane.outcome.OutcomeRules} reads the attempts at all hosts, {@link org.jamesdane.dane.outcome.AuditRules} the
 * second pass of the policy {@code audit}, and {@link org.jamesdane.dane.outcome.MailAge.LifetimeRule} the age of a mail.
 */
@NullMarked
package org.jamesdane.dane.outcome;

import org.jspecify.annotations.NullMarked;

