/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads replies (RFC 5321 §4.2) from an untrusted stream. */
final class ReplyReader {
    /** Octets of a line with its end. RFC 5321 §4.5.3.1.5 allows 512; servers exceed it a little, none needs four times that. */
    static final int MAX_LINE_OCTETS = 2048;
    /** Lines of a reply. The longest replies to EHLO have about thirty. */
    static final int MAX_LINES = 128;
    /** Octets of a whole reply. */
    static final int MAX_REPLY_OCTETS = 32 * 1024;

    /** RFC 5321 §4.2: Reply-code, where 1yz does not exist in SMTP; the text may be missing with its space. */
    private static final Pattern LINE = Pattern.compile("[2-5][0-9][0-9](?:[ -].*)?", Pattern.DOTALL);
    /** Characters that could forge a line of a log, hide themselves, or reverse the text around them. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");
    private static final int CODE_LENGTH = 3;
    private static final int SHOWN_CHARACTERS = 80;

    private final InputStream in;
    private final byte[] buffer = new byte[4096];
    private int position;
    private int limit;

    ReplyReader(InputStream in) {
        this.in = in;
    }

    /**
     * Tests whether octets have come that nobody has read.
     *
     * @throws IOException if the stream is closed
     */
    boolean hasUnread() throws IOException {
        return position < limit || in.available() > 0;
    }

    /**
     * Reads one reply to its end, and nothing behind it is touched.
     *
     * @throws MalformedReplyException if what comes is no reply, or too much of one
     * @throws EOFException if the peer closed the connection
     */
    SmtpReply read() throws IOException {
        List<String> texts = new ArrayList<>();
        List<String> asTheyCame = new ArrayList<>();
        String code = "";
        int octets = 0;
        while (true) {
            String line = readLine(MAX_REPLY_OCTETS - octets);
            octets += line.length();
            if (!LINE.matcher(line).matches()) {
                throw new MalformedReplyException("\"" + shortened(line) + "\" is no reply");
            }
            if (!texts.isEmpty() && !line.startsWith(code)) {
                // RFC 5321 §4.2.1: every line of a reply has the same code.
                throw new MalformedReplyException("a reply changes its code from " + code + " to " + line.substring(0, CODE_LENGTH));
            }
            code = line.substring(0, CODE_LENGTH);
            String text = line.length() > CODE_LENGTH ? line.substring(CODE_LENGTH + 1) : "";
            texts.add(printable(text));
            asTheyCame.add(text);
            if (line.length() == CODE_LENGTH || line.charAt(CODE_LENGTH) == ' ') {
                return new SmtpReply(Integer.parseInt(code), texts, asTheyCame);
            }
            if (texts.size() == MAX_LINES) {
                throw new MalformedReplyException("a reply has more than " + MAX_LINES + " lines");
            }
        }
    }

    /** Reads a line without its end, one character for each octet. A bare LF ends it too: nothing depends on the difference here. */
    private String readLine(int allowed) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(80);
        for (int octet = next(); octet != '\n'; octet = next()) {
            line.write(octet);
            if (line.size() >= MAX_LINE_OCTETS) {
                throw new MalformedReplyException("a line of a reply has more than " + MAX_LINE_OCTETS + " octets");
            }
            if (line.size() > allowed) {
                throw new MalformedReplyException("a reply has more than " + MAX_REPLY_OCTETS + " octets");
            }
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        int end = text.length();
        // Some hosts write "\r\r\n": a keyword of EHLO must not end in what nobody means by it.
        while (end > 0 && text.charAt(end - 1) == '\r') {
            end--;
        }
        return text.substring(0, end);
    }

    /**
     * Reads ahead where nothing is unread.
     *
     * @return whether there is something now
     * @throws EOFException if the peer closed the connection
     */
    boolean fill() throws IOException {
        if (position == limit) {
            int read = in.read(buffer);
            if (read < 0) {
                throw new EOFException("the host closed the connection");
            }
            position = 0;
            limit = read;
        }
        return position < limit;
    }

    private int next() throws IOException {
        while (!fill()) {
            // A record of TLS without data; the time is bounded elsewhere.
        }
        return buffer[position++] & 0xff;
    }

    /**
     * RFC 6531 §3.7.4: the text may be UTF-8. Other text is read octet by octet, which is right for most of Western Europe. Unprintable
     * characters become question marks.
     */
    private static String printable(String octets) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets.getBytes(StandardCharsets.ISO_8859_1))).toString();
        } catch (CharacterCodingException e) {
            text = octets;
        }
        return UNPRINTABLE.matcher(text.replace('\t', ' ')).replaceAll("?");
    }

    private static String shortened(String line) {
        return line.length() <= SHOWN_CHARACTERS ? printable(line) : printable(line.substring(0, SHOWN_CHARACTERS)) + "…";
    }

    /** Input that is no reply of SMTP. */
    static final class MalformedReplyException extends IOException {
        private static final long serialVersionUID = 1L;

        MalformedReplyException(String message) {
            super(message);
        }
    }
}
