/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

/** A configuration that can't be used. Its message is one sentence that names the key, the value and what is allowed. */
public final class ConfigurationError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ConfigurationError(String sentence) {
        super(sentence);
    }

    ConfigurationError(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
