/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.concurrent.CompletableFuture;

/** Whoever can answer a question with a proof. */
interface Validator {

    /** The answer, or a {@link LookupFailure}. */
    CompletableFuture<Answer> answer(Question question, Budget budget);
}
