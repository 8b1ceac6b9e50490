/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Use of a domain's policy where an operator has excepted the domain from what it asks for. */
public enum StsException {
    /** No policy is asked for. */
    OFF,
    /** A policy in mode {@code enforce} counts as one in mode {@code testing}: its failures are reported, nothing else. */
    TESTING;

    /** The exception of that word, in any case; empty for a word that is none. */
    public static Optional<StsException> find(String word) {
        return Arrays.stream(values()).filter(each -> each.toString().equalsIgnoreCase(word)).findFirst();
    }

    /**
     * Refuses a word that is none of an exception.
     *
     * @throws IllegalArgumentException naming what is allowed
     */
    public static void requireKnown(String word) {
        if (find(word).isEmpty()) {
            throw new IllegalArgumentException("\"" + word + "\" is no mode of an exception; allowed are "
                + Arrays.stream(values()).map(StsException::toString).collect(Collectors.joining(", ")));
        }
    }

    /** The word in settings and answers. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
