/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.concurrent.CompletableFuture;

/** Whoever answers questions over the wire. */
interface Resolver {

    /**
     * Puts a question.
     *
     * @return a reply with NOERROR or NXDOMAIN, or a {@link LookupFailure}
     */
    CompletableFuture<Reply> ask(Question question, QueryMode mode, Budget budget);
}
