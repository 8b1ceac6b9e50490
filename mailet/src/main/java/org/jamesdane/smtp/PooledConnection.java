/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.time.Instant;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection lent to one delivery, which uses it alone until it closes it. Then the connection goes back to the pool if the delivery
 * called {@link #keep} and the limits allow it; else it ends.
 */
public final class PooledConnection implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(PooledConnection.class);

    private final ConnectionPool pool;
    private final ConnectionKey key;
    private final SmtpConnection connection;
    private final Instant opened;
    private final boolean reusable;
    private Instant idleSince;
    private int messages;
    private boolean kept;
    private boolean passedOn;

    PooledConnection(ConnectionPool pool, ConnectionKey key, SmtpConnection connection, Instant opened, boolean reusable) {
        this(pool, key, connection, opened, reusable, 0);
    }

    private PooledConnection(ConnectionPool pool, ConnectionKey key, SmtpConnection connection, Instant opened, boolean reusable,
            int messages) {
        this.messages = messages;
        this.pool = pool;
        this.key = key;
        this.connection = connection;
        this.opened = opened;
        this.reusable = reusable;
        this.idleSince = opened;
    }

    /** The connection itself. */
    public SmtpConnection connection() {
        return connection;
    }

    /** Tests whether the connection has served another delivery before. */
    public boolean reused() {
        return messages > 0;
    }

    /** Offers it to later deliveries, once this one closes it. To be called when a mail was taken over it, and in no other case. */
    public void keep() {
        kept = true;
    }

    /** Tests whether the limits allow that one more mail goes over it behind the end of this one. */
    public boolean mayCarryAnother() {
        return reusable && pool.mayCarryAnother(this);
    }

    /** Leaves it to the delivery of the mail whose commands were sent behind the end of this one. To close this one then does nothing. */
    public PooledConnection passOn() {
        passedOn = true;
        return new PooledConnection(pool, key, connection, opened, reusable, messages + 1);
    }

    @Override
    public void close() {
        if (passedOn) {
            return;
        }
        messages++;
        try {
            if (kept && reusable) {
                kept = false;
                pool.giveBack(this);
            } else {
                pool.retire(connection);
            }
        } catch (Throwable e) {
            // What was sent over it keeps its outcome.
            LOGGER.error("The {} could not be given back; it is cut", connection, e);
            connection.abort();
        }
    }

    /** The kind of connection that it is. */
    public ConnectionKey key() {
        return key;
    }

    int messages() {
        return messages;
    }

    Instant opened() {
        return opened;
    }

    Instant idleSince() {
        return idleSince;
    }

    void idleFrom(Instant now) {
        idleSince = now;
    }
}
