/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.io.IOException;

/** The session is over, by the script or because the client left. */
final class SessionEnd extends IOException {
    private static final long serialVersionUID = 1;

    SessionEnd(String how) {
        super(how);
    }
}
