/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import javax.net.ssl.SSLContext;

/** Builds a {@link ScriptedSmtpServer}. Without more words: clear text, no extensions, 127.0.0.1, a free port. */
public final class SmtpServerBuilder {
    private final Map<String, SSLContext> contexts = new HashMap<>();
    private final Map<String, List<String>> replies = new HashMap<>();
    private Optional<SSLContext> fallback = Optional.empty();
    private String address = "127.0.0.1";
    private int port;
    private String hostName = "scripted.test";
    private List<String> extensions = List.of();
    private Optional<List<String>> extensionsAfterTls = Optional.empty();
    private List<String> protocols = List.of();
    private List<String> cipherSuites = List.of();
    private boolean hideStarttls;
    private boolean implicitTls;
    private boolean countOnly;
    private EndOfData endOfData = EndOfData.STRICT;
    private Script script = Script.good();

    SmtpServerBuilder() {
    }

    /** Listens on this loopback address: {@code 127.x.y.z} or {@code ::1}. */
    public SmtpServerBuilder address(String literal) {
        this.address = literal;
        return this;
    }

    /** Listens on this port; 0, the default, is any free one. */
    public SmtpServerBuilder port(int number) {
        this.port = number;
        return this;
    }

    /** The name in the banner and in the answer to EHLO. */
    public SmtpServerBuilder hostName(String name) {
        this.hostName = name;
        return this;
    }

    /** Offers STARTTLS, and shows the certificates of this context to clients that send no name or one without a context. */
    public SmtpServerBuilder tls(SSLContext context) {
        this.fallback = Optional.of(context);
        return this;
    }

    /** Shows the certificates of this context to clients that send this server name, in any case of letters. */
    public SmtpServerBuilder tls(String serverName, SSLContext context) {
        contexts.put(serverName.toLowerCase(Locale.ROOT), context);
        return this;
    }

    /** TLS from the first octet on (RFC 8314 §3). */
    public SmtpServerBuilder implicitTls() {
        this.implicitTls = true;
        return this;
    }

    /** Can do STARTTLS, but does not say so. */
    public SmtpServerBuilder hideStarttls() {
        this.hideStarttls = true;
        return this;
    }

    /** Only these protocols, by Java's names: TLSv1.2, TLSv1.3. */
    public SmtpServerBuilder tlsProtocols(String... names) {
        this.protocols = List.of(names);
        return this;
    }

    /** Only these cipher suites, by Java's names. */
    public SmtpServerBuilder cipherSuites(String... names) {
        this.cipherSuites = List.of(names);
        return this;
    }

    /** Sets the lines of the answer to EHLO, besides STARTTLS, which is added where it is possible. */
    public SmtpServerBuilder extensions(String... lines) {
        this.extensions = List.of(lines);
        return this;
    }

    /** Sets the lines of the answer to EHLO under TLS; the same as before TLS by default. */
    public SmtpServerBuilder extensionsAfterTls(String... lines) {
        this.extensionsAfterTls = Optional.of(List.of(lines));
        return this;
    }

    /** Answers RCPT for this address with these lines: with the first at first, with the last from then on; over all sessions. */
    public SmtpServerBuilder replyTo(String recipient, String... lines) {
        replies.put(recipient.toLowerCase(Locale.ROOT), List.of(lines));
        return this;
    }

    /** Sets the end of the content; {@link EndOfData#STRICT} by default. */
    public SmtpServerBuilder endOfData(EndOfData how) {
        this.endOfData = how;
        return this;
    }

    /** Remembers nothing but the number of connections and of messages accepted: for benchmarks. */
    public SmtpServerBuilder countOnly() {
        this.countOnly = true;
        return this;
    }

    /** Sets the script of every session, unless {@link ScriptedSmtpServer#nextSessions} says otherwise. */
    public SmtpServerBuilder script(Script everySession) {
        this.script = everySession;
        return this;
    }

    /** With this fault each time a session comes to that point. */
    public SmtpServerBuilder fault(Point point, Fault fault) {
        return script(script.with(point, fault));
    }

    /** With this fault the first (1), second (2) … time a session comes to that point. */
    public SmtpServerBuilder fault(Point point, int occurrence, Fault fault) {
        return script(script.with(point, occurrence, fault));
    }

    /** Listens. */
    public ScriptedSmtpServer start() {
        Optional<Settings.Tls> tls = fallback.isEmpty() && contexts.isEmpty() ? Optional.empty()
            : Optional.of(new Settings.Tls(fallback, Map.copyOf(contexts), implicitTls, protocols, cipherSuites));
        Settings settings = new Settings(loopback(address), port, hostName, extensions, extensionsAfterTls.orElse(extensions),
            hideStarttls, tls, endOfData, countOnly, Map.copyOf(replies));
        try {
            return new ScriptedSmtpServer(settings, script);
        } catch (IOException e) {
            throw new UncheckedIOException("no server can listen on " + address + " port " + port, e);
        }
    }

    private static InetAddress loopback(String literal) {
        try {
            InetAddress address = InetAddress.getByName(literal);
            if (!address.isLoopbackAddress()) {
                throw new IllegalArgumentException("a scripted server listens on loopback addresses only, not on " + literal);
            }
            return address;
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("\"" + literal + "\" is no IP address", e);
        }
    }
}
