/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import org.jamesdane.dns.DomainName;

/**
 * Place that a domain wants its TLS reports at (RFC 8460 §3). Anybody may have written it: a record names whom its author pleases.
 */
public sealed interface Rua {
    /** Characters of the longest URI that is taken: a bound of our own. */
    int MAX_CHARACTERS = 2000;
    /** The port of HTTPS where a URI names none. */
    int HTTPS_PORT = 443;

    /**
     * A mailbox.
     *
     * @param localPart a dot-atom of RFC 5322 §3.2.3
     * @param domain the domain of the address
     */
    record Mailto(String localPart, DomainName domain) implements Rua {
        /** The address. */
        public String address() {
            return localPart + "@" + domain;
        }

        @Override
        public String toString() {
            return "mailto:" + address();
        }
    }

    /**
     * A server to post reports to.
     *
     * @param host the name of the server, never an address
     * @param port its TCP port
     * @param target the path and query of the request, which begin with a slash
     */
    record Https(DomainName host, int port, String target) implements Rua {
        @Override
        public String toString() {
            return "https://" + host + (port == HTTPS_PORT ? "" : ":" + port) + target;
        }
    }

    /** Result of reading a URI. */
    sealed interface Reading {
    }

    /** Reports can go there. */
    record Usable(Rua rua) implements Reading {
    }

    /**
     * A URI by its syntax, to which this server sends nothing.
     *
     * @param text a clause that names the URI and says why
     */
    record Refused(String text) implements Reading {
    }

    /**
     * No URI, or one with a character that has to be encoded.
     *
     * @param text a clause that names the text and says what is wrong
     */
    record Malformed(String text) implements Reading {
    }

    /** Reads a URI of a record. */
    static Reading read(String uri) {
        return RuaReader.read(uri);
    }
}
