/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.io.IOException;
import java.util.Optional;

/** The end of a TLS connection for a reason of TLS: the peer broke its rules or ours, or an alert came. */
public final class TlsFailure extends IOException {
    private static final long serialVersionUID = 1;

    /** The alert's name; null if there was none. A field of an exception has to be serialisable, which an Optional is not. */
    private final @org.jspecify.annotations.Nullable String alert;

    TlsFailure(String message, Optional<String> alert, Throwable cause) {
        super(message, cause);
        this.alert = alert.orElse(null);
    }

    TlsFailure(String message) {
        super(message);
        this.alert = null;
    }

    /** The name of the alert received or sent, {@code handshake_failure} for example. */
    public Optional<String> alert() {
        return Optional.ofNullable(alert);
    }
}
