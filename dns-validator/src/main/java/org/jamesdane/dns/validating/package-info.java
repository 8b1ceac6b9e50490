/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * DNSSEC validation: answers of {@link org.jamesdane.dns.SecureDns} with their proofs.
 *
 * <p>{@link org.jamesdane.dns.validating.ValidatingDns} is the entry point, {@link org.jamesdane.dns.validating.ValidatorConfig}
 * its settings.
 */
@NullMarked
package org.jamesdane.dns.validating;

import org.jspecify.annotations.NullMarked;
