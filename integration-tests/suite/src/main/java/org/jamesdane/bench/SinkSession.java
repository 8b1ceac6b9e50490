/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Connection to the sink: as much SMTP (RFC 5321, RFC 2920, RFC 3207) as a sender needs to be rid of its mail. */
final class SinkSession {
    private static final byte[] END = "\r\n.\r\n".getBytes(StandardCharsets.US_ASCII);

    private final SSLContext tls;
    private final Runnable taken;
    private final byte[] buffer = new byte[32 * 1024];
    private final StringBuilder replies = new StringBuilder();
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private int position;
    private int limit;
    private boolean secured;

    SinkSession(Socket plain, SSLContext tls, Runnable taken) throws IOException {
        this.socket = plain;
        this.tls = tls;
        this.taken = taken;
        this.in = plain.getInputStream();
        this.out = plain.getOutputStream();
    }

    void run() throws IOException {
        say("220 sink.example ESMTP");
        String line = line();
        while (answer(line)) {
            line = line();
        }
        flush();
        socket.close();
    }

    private boolean answer(String line) throws IOException {
        String verb = line.substring(0, Math.min(4, line.length())).toUpperCase(Locale.ROOT);
        switch (verb) {
            case "EHLO", "HELO" -> say("250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 100000000\r\n"
                + (secured ? "" : "250-STARTTLS\r\n") + "250 ENHANCEDSTATUSCODES");
            case "STAR" -> {
                say("220 2.0.0 Go on");
                flush();
                secure();
            }
            case "DATA" -> {
                say("354 Go on");
                content();
                taken.run();
                say("250 2.0.0 Taken");
            }
            case "QUIT" -> {
                say("221 2.0.0 Bye");
                return false;
            }
            default -> say("250 2.0.0 Ok");
        }
        return true;
    }

    private void secure() throws IOException {
        SSLSocket layered = (SSLSocket) tls.getSocketFactory().createSocket(socket, null, true);
        layered.startHandshake();
        socket = layered;
        in = layered.getInputStream();
        out = layered.getOutputStream();
        secured = true;
    }

    /** Replies leave together when the sender waits for them. */
    private void say(String reply) {
        replies.append(reply).append("\r\n");
    }

    private void flush() throws IOException {
        if (!replies.isEmpty()) {
            out.write(replies.toString().getBytes(StandardCharsets.US_ASCII));
            replies.setLength(0);
        }
    }

    private void fill() throws IOException {
        flush();
        limit = in.read(buffer);
        position = 0;
        if (limit < 0) {
            throw new EOFException("The sender has gone");
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            if (position == limit) {
                fill();
            }
            int start = position;
            while (position < limit && buffer[position] != '\n') {
                position++;
            }
            line.append(new String(buffer, start, position - start, StandardCharsets.ISO_8859_1));
            if (position < limit) {
                position++;
                return line.toString();
            }
        }
    }

    /** Skips the content with its end; DATA itself was ended by CRLF. */
    private void content() throws IOException {
        int matched = 2;
        while (matched < END.length) {
            if (position == limit) {
                fill();
            }
            while (position < limit && matched < END.length) {
                byte octet = buffer[position++];
                matched = octet == END[matched] ? matched + 1 : octet == '\r' ? 1 : 0;
            }
        }
    }
}
