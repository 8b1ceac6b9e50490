/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Rcode;

/**
 * Misbehaviour of a server that is asked a certain question. The {@code with…}, {@code times} and {@code only} methods give a changed copy.
 */
public final class Fault {
    private final int rcode;
    private final boolean empty;
    private final boolean silent;
    private final boolean truncated;
    private final Duration delay;
    private final Set<Transport> transports;
    private final int limit;
    private final AtomicInteger happened = new AtomicInteger();
    private final @Nullable ExtendedErrorCodeOption extendedError;

    private Fault(int rcode, boolean empty, boolean silent, boolean truncated, Duration delay, Set<Transport> transports, int limit,
            @Nullable ExtendedErrorCodeOption extendedError) {
        this.rcode = rcode;
        this.empty = empty;
        this.silent = silent;
        this.truncated = truncated;
        this.delay = delay;
        this.transports = transports;
        this.limit = limit;
        this.extendedError = extendedError;
    }

    private static Fault of(int rcode, boolean empty, boolean silent, boolean truncated, Duration delay) {
        return new Fault(rcode, empty, silent, truncated, delay, Set.of(Transport.values()), Integer.MAX_VALUE, null);
    }

    /** An empty reply with SERVFAIL. */
    public static Fault servFail() {
        return of(Rcode.SERVFAIL, true, false, false, Duration.ZERO);
    }

    /** An empty reply with REFUSED. */
    public static Fault refused() {
        return of(Rcode.REFUSED, true, false, false, Duration.ZERO);
    }

    /** The reply as it would be, but with this response code. */
    public static Fault responseCode(int rcode) {
        return of(rcode, false, false, false, Duration.ZERO);
    }

    /** No reply at all. */
    public static Fault silent() {
        return of(-1, false, true, false, Duration.ZERO);
    }

    /** The right reply, but late. */
    public static Fault slow(Duration delay) {
        return of(-1, false, false, false, delay);
    }

    /** Over UDP an empty reply with TC, over TCP the right one. */
    public static Fault truncated() {
        return of(-1, false, false, true, Duration.ZERO);
    }

    /** Only the first times; afterwards the replies are right. */
    public Fault times(int count) {
        return new Fault(rcode, empty, silent, truncated, delay, transports, count, extendedError);
    }

    /** Only over this transport. */
    public Fault only(Transport transport) {
        return new Fault(rcode, empty, silent, truncated, delay, Set.of(transport), limit, extendedError);
    }

    /** With an Extended DNS Error (RFC 8914). */
    public Fault withExtendedError(int code, String text) {
        return new Fault(rcode, empty, silent, truncated, delay, transports, limit, new ExtendedErrorCodeOption(code, text));
    }

    /** Tests if the fault happens now, and counts the question. */
    boolean strikes(Transport transport) {
        return transports.contains(transport) && happened.getAndIncrement() < limit;
    }

    int rcode() {
        return rcode;
    }

    boolean isEmpty() {
        return empty;
    }

    boolean isSilent() {
        return silent;
    }

    boolean isTruncated() {
        return truncated;
    }

    Duration delay() {
        return delay;
    }

    @Nullable ExtendedErrorCodeOption extendedError() {
        return extendedError;
    }
}
