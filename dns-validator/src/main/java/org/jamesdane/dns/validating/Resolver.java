/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.concurrent.CompletableFuture;

/** Answers one question over the wire, from one or several recursive resolvers. */
interface Resolver {

    /**
     * Puts a question.
     *
     * @return a reply with NOERROR or NXDOMAIN, or a {@link LookupFailure}
     */
    CompletableFuture<Reply> ask(Question question, QueryMode mode, Budget budget);
}
