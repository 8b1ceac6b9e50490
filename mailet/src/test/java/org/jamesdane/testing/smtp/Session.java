/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Record of one connection. Fills while the connection lives; every method gives the state of the moment. */
public final class Session {
    private static final int MAX_REMEMBERED_OCTETS = 1_000_000;

    private final int number;
    private final List<Command> commands = new ArrayList<>();
    private final List<Transaction> transactions = new ArrayList<>();
    private final List<Login> logins = new ArrayList<>();
    private final StringBuilder clear = new StringBuilder();
    private final StringBuilder underTls = new StringBuilder();
    private Optional<ClientHello> clientHello = Optional.empty();
    private Optional<String> tlsProtocol = Optional.empty();
    private Optional<String> end = Optional.empty();

    Session(int number) {
        this.number = number;
    }

    /** 1 for the server's first connection. */
    public int number() {
        return number;
    }

    /** The command lines, also those that were answered badly or not at all. */
    public synchronized List<Command> commands() {
        return List.copyOf(commands);
    }

    /** The first words of the command lines. */
    public List<String> verbs() {
        return commands().stream().map(Command::verb).toList();
    }

    /** The mail transactions, also those that did not get far. */
    public synchronized List<Transaction> transactions() {
        return List.copyOf(transactions);
    }

    /** The credentials that came. */
    public synchronized List<Login> logins() {
        return List.copyOf(logins);
    }

    /** The client's first TLS message; empty if none came. */
    public synchronized Optional<ClientHello> clientHello() {
        return clientHello;
    }

    /** The protocol of a handshake that succeeded. */
    public synchronized Optional<String> tlsProtocol() {
        return tlsProtocol;
    }

    /** End of the session, in words; empty while it lives. */
    public synchronized Optional<String> end() {
        return end;
    }

    /**
     * All octets that came over that kind of channel, one character for each: commands, what came while the server was silent or
     * about to close, and what could not be understood. Of TLS itself, and of content after 354, nothing. The first million counts.
     */
    public synchronized String received(Protection protection) {
        return octets(protection).toString();
    }

    private StringBuilder octets(Protection protection) {
        return protection == Protection.CLEAR ? clear : underTls;
    }

    synchronized void receive(Protection protection, String octets) {
        StringBuilder all = octets(protection);
        all.append(octets, 0, Math.min(octets.length(), MAX_REMEMBERED_OCTETS - all.length()));
    }

    synchronized void add(Command command) {
        commands.add(command);
    }

    synchronized void add(Login login) {
        logins.add(login);
    }

    synchronized int open(Transaction transaction) {
        transactions.add(transaction);
        return transactions.size() - 1;
    }

    synchronized void update(int index, Transaction transaction) {
        transactions.set(index, transaction);
    }

    synchronized void hello(Optional<ClientHello> hello) {
        clientHello = hello;
    }

    synchronized void secured(String protocol) {
        tlsProtocol = Optional.of(protocol);
    }

    synchronized void end(String how) {
        if (end.isEmpty()) {
            end = Optional.of(how);
        }
    }
}
