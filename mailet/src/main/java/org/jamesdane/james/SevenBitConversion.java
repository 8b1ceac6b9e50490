/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.MimeIOException;
import org.apache.james.mime4j.codec.QuotedPrintableOutputStream;
import org.apache.james.mime4j.io.EOLConvertingInputStream;
import org.apache.james.mime4j.stream.BodyDescriptor;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.apache.james.mime4j.stream.RecursionMode;
import org.apache.james.mime4j.util.ByteSequence;

/**
 * Conversion of a message's 8-bit parts into 7 bits (RFC 6152 §3, RFC 2045 §6), as a stream: text becomes quoted-printable, all else
 * base64.
 *
 * <p>A part is converted if its header says that it is 8bit or binary. Without that label nobody knows what its octets are. A nested
 * message keeps its encoding (RFC 2046 §5.2.1), and nothing below multipart/signed or multipart/encrypted is touched (RFC 1847 §2.1).
 */
final class SevenBitConversion {
    /** Nested multiparts that are looked into; what lies deeper stays as it is. Real mail has fewer than ten. */
    private static final int MAX_DEPTH = 50;
    /** Octets of a header field, and of one of its lines; RFC 5322 §2.1.1 allows lines of 998. */
    private static final int MAX_FIELD_OCTETS = 256 * 1024;
    /** Fields of one header. */
    private static final int MAX_FIELDS = 2_000;
    private static final MimeConfig LIMITS = MimeConfig.custom().setStrictParsing(true).setMaxLineLen(MAX_FIELD_OCTETS)
        .setMaxHeaderLen(MAX_FIELD_OCTETS).setMaxHeaderCount(MAX_FIELDS).setMaxContentLen(-1).build();

    private static final String ENCODING = "content-transfer-encoding";
    private static final Set<String> EIGHT_BIT = Set.of("8bit", "binary");
    private static final Set<String> SEALED = Set.of("multipart/signed", "multipart/encrypted");

    private final MimeTokenStream tokens = new MimeTokenStream(LIMITS);
    private final OutputStream out;
    private final Deque<Multipart> open = new ArrayDeque<>();
    private final List<Field> header = new ArrayList<>();
    private boolean changed;

    private enum Encoding {
        QUOTED_PRINTABLE("quoted-printable"), BASE64("base64");

        private final String word;

        Encoding(String word) {
            this.word = word;
        }
    }

    /** A multipart whose parts are being written. */
    private static final class Multipart {
        private final String boundary;
        private boolean begun;
        private boolean closed;

        Multipart(String boundary) {
            this.boundary = boundary;
        }
    }

    private SevenBitConversion(OutputStream out) {
        this.out = out;
    }

    /**
     * Writes the message with what can be converted.
     *
     * @return whether anything was
     * @throws MimeException if the message is no well-formed MIME, or has more of something than is looked at; what was written is of no
     *     use then
     */
    static boolean convert(InputStream message, OutputStream out) throws IOException, MimeException {
        SevenBitConversion conversion = new SevenBitConversion(out);
        try {
            conversion.run(message);
        } catch (MimeIOException e) {
            throw new MimeException(e);
        }
        return conversion.changed;
    }

    private void run(InputStream message) throws IOException, MimeException {
        tokens.setRecursionMode(RecursionMode.M_NO_RECURSE);
        tokens.parse(new EOLConvertingInputStream(message));
        for (EntityState state = tokens.getState(); state != EntityState.T_END_OF_STREAM; state = tokens.next()) {
            write(state);
        }
    }

    private void write(EntityState state) throws IOException {
        switch (state) {
            case T_START_HEADER -> header.clear();
            case T_FIELD -> header.add(tokens.getField());
            case T_START_MULTIPART -> startMultipart();
            case T_START_BODYPART -> delimiter("");
            case T_PREAMBLE -> {
                tokens.getInputStream().transferTo(out);
                open.getLast().begun = true;
            }
            case T_EPILOGUE -> {
                closeMultipart();
                line("");
                tokens.getInputStream().transferTo(out);
            }
            case T_END_MULTIPART -> {
                closeMultipart();
                open.removeLast();
            }
            case T_BODY -> body();
            default -> {
                // Nothing is written for the others.
            }
        }
    }

    private void startMultipart() throws IOException {
        BodyDescriptor part = tokens.getBodyDescriptor();
        writeHeader(Optional.empty());
        Multipart multipart = new Multipart(part.getBoundary());
        if (SEALED.contains(part.getMimeType().toLowerCase(Locale.ROOT)) || open.size() == MAX_DEPTH) {
            tokens.getInputStream().transferTo(out);
            multipart.closed = true;
        }
        open.addLast(multipart);
    }

    private void writeHeader(Optional<Encoding> encoding) throws IOException {
        for (Field field : header) {
            line(encoding.isPresent() && field.getName().equalsIgnoreCase(ENCODING)
                ? field.getName() + ": " + encoding.get().word : raw(field));
        }
        if (encoding.isPresent()) {
            line("X-MIME-Autoconverted: from " + valueOf(ENCODING) + " to " + encoding.get().word);
            changed = true;
        }
        line("");
    }

    private Optional<Encoding> encoding() {
        String label = valueOf(ENCODING);
        // By the field itself: a multipart without boundary is no multipart to the parser.
        String type = valueOf("content-type");
        if (type.startsWith("message/") || type.startsWith("multipart/") || !EIGHT_BIT.contains(label)) {
            return Optional.empty();
        }
        return Optional.of(tokens.getBodyDescriptor().getMediaType().equalsIgnoreCase("text") ? Encoding.QUOTED_PRINTABLE
            : Encoding.BASE64);
    }

    private String valueOf(String name) {
        return header.stream().filter(field -> field.getName().equalsIgnoreCase(name)).findFirst()
            .map(field -> field.getBody().strip().toLowerCase(Locale.ROOT)).orElse("");
    }

    private void body() throws IOException {
        Optional<Encoding> encoding = encoding();
        writeHeader(encoding);
        InputStream body = tokens.getInputStream();
        if (encoding.isEmpty()) {
            body.transferTo(out);
        } else {
            try (OutputStream encoder = encoder(encoding.get())) {
                body.transferTo(encoder);
            }
        }
    }

    private OutputStream encoder(Encoding wanted) {
        OutputStream unclosed = new Unclosed(out);
        return wanted == Encoding.BASE64 ? Base64.getMimeEncoder().wrap(unclosed) : new QuotedPrintableOutputStream(unclosed, false);
    }

    /** RFC 2046 §5.1.1: the line break before a delimiter belongs to it. */
    private void delimiter(String end) throws IOException {
        Multipart multipart = open.getLast();
        if (multipart.begun) {
            line("");
        }
        multipart.begun = true;
        out.write(("--" + multipart.boundary + end).getBytes(ISO_8859_1));
        if (end.isEmpty()) {
            line("");
        }
    }

    private void closeMultipart() throws IOException {
        if (!open.getLast().closed) {
            open.getLast().closed = true;
            delimiter("--");
        }
    }

    private static String raw(Field field) {
        ByteSequence octets = field.getRaw();
        return octets == null ? field.getName() + ": " + field.getBody() : new String(octets.toByteArray(), ISO_8859_1);
    }

    private void line(String text) throws IOException {
        out.write((text + "\r\n").getBytes(ISO_8859_1));
    }

    /** The end of an encoder is not that of the message. */
    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            out.write(data, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
