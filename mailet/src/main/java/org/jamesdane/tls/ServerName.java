/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.nio.charset.StandardCharsets;

import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLException;

import org.jamesdane.dns.DomainName;

/**
 * A host name for the SNI extension, by its octets: the platform's own class refuses names with underscores, which exist.
 */
final class ServerName extends SNIServerName {
    /** RFC 6066 §3: NameType host_name. */
    private static final int HOST_NAME = 0;

    private ServerName(byte[] name) {
        super(HOST_NAME, name);
    }

    /**
     * The name as RFC 6066 §3 wants it: ASCII, without a final dot.
     *
     * @throws SSLException for a name with an octet that no host name has, which could not be told from another one
     */
    static ServerName of(DomainName name) throws SSLException {
        String text = name.toString();
        if (name.isRoot() || text.indexOf('\\') >= 0) {
            throw new SSLException("\"" + text + "\" cannot be sent as the name of a server");
        }
        return new ServerName(text.getBytes(StandardCharsets.US_ASCII));
    }
}
