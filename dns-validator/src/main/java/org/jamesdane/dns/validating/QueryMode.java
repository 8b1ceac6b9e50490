/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

/**
 * Manner of a question to the resolvers.
 *
 * @param stream over TCP from the start
 * @param skip how many of the resolvers that would be asked first are asked last
 * @param wish what they are asked to do beside answering
 */
record QueryMode(boolean stream, int skip, Query.Wish wish) {
    static final QueryMode NORMAL = new QueryMode(false, 0, Query.Wish.UNCHECKED);
}
