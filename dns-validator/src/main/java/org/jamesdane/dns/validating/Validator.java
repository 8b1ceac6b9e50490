/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.concurrent.CompletableFuture;

/** Answers a question with records and a proof of their security, or with a failure. */
interface Validator {

    /** The answer, or a {@link LookupFailure}. */
    CompletableFuture<Answer> answer(Question question, Budget budget);
}
