/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.time.Duration;

/**
 * How long each step may take, from the moment we begin to write or wait until the reply is complete: a peer that sends its reply
 * one octet at a time has no more time than a silent one.
 *
 * @param connect the TCP connection
 * @param banner the greeting
 * @param hello EHLO or HELO
 * @param startTls the reply to STARTTLS
 * @param tlsHandshake the whole handshake
 * @param auth each step of AUTH
 * @param mail the reply to MAIL
 * @param rcpt the reply to each RCPT
 * @param data the reply to DATA
 * @param dataBlock each block of the content
 * @param finalDot the reply to the whole content
 * @param probe RSET and NOOP
 * @param quit QUIT, while nothing depends on it any more
 */
public record Timeouts(Duration connect, Duration banner, Duration hello, Duration startTls, Duration tlsHandshake, Duration auth,
                       Duration mail, Duration rcpt, Duration data, Duration dataBlock, Duration finalDot, Duration probe,
                       Duration quit) {

    /** The minima of RFC 5321 §4.5.3.2 and RFC 4954 §4; where no RFC says anything, what gives a busy host time to answer. */
    private static final Timeouts DEFAULTS = new Timeouts(
        // No RFC: a host that does not answer the third SYN within half a minute is not reached.
        Duration.ofSeconds(30),
        // RFC 5321 §4.5.3.2.1
        Duration.ofMinutes(5),
        // Not listed; as for the greeting, since servers delay both for the same reasons.
        Duration.ofMinutes(5),
        // Not listed; as for DATA initiation: nothing to look up, only to switch.
        Duration.ofMinutes(2),
        Duration.ofMinutes(2),
        Duration.ofMinutes(3),
        // RFC 5321 §4.5.3.2.2
        Duration.ofMinutes(5),
        // RFC 5321 §4.5.3.2.3
        Duration.ofMinutes(5),
        // RFC 5321 §4.5.3.2.4
        Duration.ofMinutes(2),
        // RFC 5321 §4.5.3.2.5
        Duration.ofMinutes(3),
        // RFC 5321 §4.5.3.2.6
        Duration.ofMinutes(10),
        // Not listed; a connection that needs longer to answer nothing is not worth keeping.
        Duration.ofSeconds(20),
        Duration.ofSeconds(10));

    public Timeouts {
        for (Duration timeout : new Duration[] {connect, banner, hello, startTls, tlsHandshake, auth, mail, rcpt, data, dataBlock,
            finalDot, probe, quit}) {
            if (timeout.isZero() || timeout.isNegative()) {
                throw new IllegalArgumentException("A timeout must be longer than nothing, not " + show(timeout));
            }
        }
    }

    /** The defaults: RFC 5321 §4.5.3.2 and, for what it does not list, the values beside {@code DEFAULTS}. */
    public static Timeouts defaults() {
        return DEFAULTS;
    }

    /** These, with that time for the TCP connection. */
    public Timeouts withConnect(Duration newConnect) {
        return new Timeouts(newConnect, banner, hello, startTls, tlsHandshake, auth, mail, rcpt, data, dataBlock, finalDot, probe, quit);
    }

    /**
     * These, with that time for every step but connecting, RSET, NOOP, QUIT, which stay, and the reply to the content: giving up on
     * that early delivers mail twice (RFC 5321 §4.5.3.2.6).
     */
    public Timeouts withEachStep(Duration step) {
        return new Timeouts(connect, step, step, step, step, step, step, step, step, step, finalDot, probe, quit);
    }

    /** These, with that time for the reply to the content. */
    public Timeouts withFinalDot(Duration newFinalDot) {
        return new Timeouts(connect, banner, hello, startTls, tlsHandshake, auth, mail, rcpt, data, dataBlock, newFinalDot, probe, quit);
    }

    /** These, with that time for RSET, NOOP and QUIT. */
    public Timeouts withProbe(Duration newProbe) {
        return new Timeouts(connect, banner, hello, startTls, tlsHandshake, auth, mail, rcpt, data, dataBlock, finalDot, newProbe,
            newProbe);
    }

    static String show(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
