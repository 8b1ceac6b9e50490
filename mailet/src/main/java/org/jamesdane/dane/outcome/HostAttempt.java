/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.outcome;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jamesdane.dane.channel.Permit;
import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.routing.MxHost;

/**
 * Result of an attempt at one host.
 */
public sealed interface HostAttempt {

    /** The host could not be used: nothing of the mail was sent to it. */
    record Failed(HostFailure failure) implements HostAttempt {
        @Override
        public String host() {
            return failure.host();
        }
    }

    /**
     * A transaction was started over a channel that met the requirement.
     *
     * @param server the host
     * @param permit the leave to send, which shows that what the host said may be final
     * @param replies by recipient
     */
    record Transacted(MxHost server, Permit permit, Map<RecipientKey, RecipientReply> replies) implements HostAttempt {
        public Transacted {
            replies = Collections.unmodifiableMap(new LinkedHashMap<>(replies));
        }

        @Override
        public String host() {
            return server.toString();
        }

        /** Security label of the delivery. */
        public SecurityLabel label() {
            return permit.label();
        }
    }

    /** The MX host, not expanded. */
    String host();
}
