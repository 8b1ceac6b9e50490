/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.mail;

import java.util.Optional;
import java.util.function.Supplier;

import org.jamesdane.smtp.PooledConnection;

/**
 * Succession of mails over one connection, as one mail of it knows it. It has the mail that may follow, and the connection that the mail
 * before left to this one. Used by one thread at a time.
 */
public final class Succession implements AutoCloseable {
    /**
     * Connection on which the commands of a mail were sent with the end of the mail before. Its host awaits the content.
     *
     * @param host name of the host, as the route has it
     */
    public record Reserved(String host, PooledConnection connection) {
    }

    private final Supplier<? extends Optional<? extends OutboundMail>> line;
    private Optional<? extends OutboundMail> follower = Optional.empty();
    private boolean asked;
    private Optional<Reserved> reserved = Optional.empty();

    /** Begins with no connection; the line is asked once at most for the mail to follow. */
    public Succession(Supplier<? extends Optional<? extends OutboundMail>> line) {
        this.line = line;
    }

    /** A mail without successor or predecessor. */
    public static Succession none() {
        return new Succession(Optional::empty);
    }

    /** This succession with another line; a connection that was left to the mail stays. */
    public Succession followedBy(Supplier<? extends Optional<? extends OutboundMail>> other) {
        Succession changed = new Succession(other);
        changed.reserved = reserved;
        return changed;
    }

    /** The mail that may follow. It is taken out of its line for that; empty if there is none, or its commands were sent already. */
    public Optional<? extends OutboundMail> follower() {
        if (!asked) {
            asked = true;
            follower = line.get();
        }
        return follower.filter(next -> next.succession().reserved().isEmpty());
    }

    /** Leaves a connection to this mail, on which its commands were sent. */
    public void reserve(Reserved connection) {
        reserved = Optional.of(connection);
    }

    /** The connection that was left to this mail, until it is taken. */
    public Optional<Reserved> reserved() {
        return reserved;
    }

    /** Takes the connection that was left to this mail; the taker closes it. */
    public Optional<PooledConnection> take() {
        Optional<PooledConnection> taken = reserved.map(Reserved::connection);
        reserved = Optional.empty();
        return taken;
    }

    /** Cuts the connection that was left to this mail, if nobody took it. */
    @Override
    public void close() {
        take().ifPresent(PooledConnection::close);
    }
}
