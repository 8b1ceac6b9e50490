/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;

/**
 * Hands one message to a server by plain SMTP (RFC 5321), as a mail program on the same machine would. It knows no extension, and
 * shares no code with the sender under test.
 */
public final class SmtpSubmission implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final int MAX_REPLY_LINES = 100;

    private final Socket socket;
    private final BufferedReader in;
    private final OutputStream out;

    private SmtpSubmission(InetSocketAddress server) throws IOException {
        socket = new Socket();
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(server, TIMEOUT_MILLIS);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
        out = socket.getOutputStream();
    }

    /**
     * Submits a message for one or more recipients.
     *
     * @param sender the reverse path, empty for the null sender
     * @param message header and body, lines ended by LF or CRLF
     * @throws IllegalStateException when the server refuses, with its reply
     */
    public static void submit(InetSocketAddress server, String sender, List<String> recipients, String message) {
        try (SmtpSubmission session = new SmtpSubmission(server)) {
            session.expect(220, "the connection");
            session.command("HELO [127.0.0.1]", 250);
            session.command("MAIL FROM:<" + sender + ">", 250);
            for (String recipient : recipients) {
                session.command("RCPT TO:<" + recipient + ">", 250);
            }
            session.command("DATA", 354);
            session.send(dotStuffed(message) + "\r\n.");
            session.expect(250, "the message");
            session.command("QUIT", 221);
        } catch (IOException e) {
            throw new UncheckedIOException("Submission to " + server + " failed", e);
        }
    }

    /** Tests whether a server is there and greets. */
    static boolean greets(InetSocketAddress server) {
        try (SmtpSubmission session = new SmtpSubmission(server)) {
            session.expect(220, "the connection");
            session.command("QUIT", 221);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void command(String line, int expected) throws IOException {
        send(line);
        expect(expected, line);
    }

    private void send(String line) throws IOException {
        out.write((line + "\r\n").getBytes(UTF_8));
        out.flush();
    }

    private void expect(int code, String what) throws IOException {
        for (int lines = 0; lines < MAX_REPLY_LINES; lines++) {
            String line = in.readLine();
            if (line == null) {
                throw new IOException("The server closed the connection instead of answering " + what);
            }
            // RFC 5321 §4.2.1: a hyphen after the code announces another line.
            if (!line.startsWith("-", 3)) {
                if (!line.startsWith(String.valueOf(code))) {
                    throw new IllegalStateException("The server answered " + what + " with: " + line);
                }
                return;
            }
        }
        throw new IOException("The server's reply to " + what + " has more than " + MAX_REPLY_LINES + " lines");
    }

    private static String dotStuffed(String message) {
        // RFC 5321 §4.5.2: a line that begins with a period gets another one.
        return message.replace("\r\n", "\n").replaceAll("(?m)^\\.", "..").stripTrailing().replace("\n", "\r\n");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
