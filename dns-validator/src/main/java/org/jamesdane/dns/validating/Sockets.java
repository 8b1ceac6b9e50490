/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.nio.channels.Channel;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes what need not be closed well. */
final class Sockets {
    private static final Logger LOGGER = LoggerFactory.getLogger(Sockets.class);

    private Sockets() {
    }

    static void close(@Nullable Channel channel) {
        if (channel == null) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing is lost: all was read that is needed.
            LOGGER.debug("A DNS socket could not be closed", e);
        }
    }
}
