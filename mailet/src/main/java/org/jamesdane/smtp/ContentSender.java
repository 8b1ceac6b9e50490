/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Supplier;

import org.jamesdane.dane.channel.Permit;

/** Streams a message to the host. */
final class ContentSender {
    /** RFC 5321 §4.5.3.2.5 gives each block its time; a TLS record carries as much. */
    private static final int BLOCK_OCTETS = 16 * 1024;
    /**
     * The slowest peer that is served. With a limit for each block alone, a peer could hold a connection for a week with one large message.
     * At this speed 50 MB take three and a half hours.
     */
    private static final int MIN_OCTETS_PER_SECOND = 4 * 1024;

    private final Wire wire;
    private final Permit permit;

    ContentSender(Wire wire, Permit permit) {
        this.wire = wire;
        this.permit = permit;
    }

    /**
     * Sends the content with its end.
     *
     * @param beforeEnd run right before the octets are written that complete the message
     * @param behind asked right before that for commands that are sent with the end; may be empty, and throws nothing
     */
    void send(MessageContent content, Runnable beforeEnd, Supplier<Optional<Wire.Flight>> behind) throws SmtpException {
        Duration whole = wire.timeouts().of(Phase.CONTENT).plusSeconds(content.size() / MIN_OCTETS_PER_SECOND);
        Future<?> deadline = wire.limit(Phase.CONTENT, whole);
        try {
            InputStream source = open(content);
            try {
                stream(source, beforeEnd, behind);
            } finally {
                closeQuietly(source);
            }
        } finally {
            Wire.cancel(deadline);
        }
    }

    private void stream(InputStream source, Runnable beforeEnd, Supplier<Optional<Wire.Flight>> behind) throws SmtpException {
        ContentEncoder encoder = new ContentEncoder();
        byte[] block = new byte[BLOCK_OCTETS];
        byte[] encoded = new byte[ContentEncoder.capacityFor(BLOCK_OCTETS) + ContentEncoder.END_CAPACITY];
        int encodedLength = 0;
        for (int read = read(source, block); read > 0; read = read(source, block)) {
            // One block stays behind, so that the end goes with the last one in a single write.
            if (encodedLength > 0) {
                wire.sendContent(permit, Phase.CONTENT, encoded, encodedLength);
            }
            encodedLength = encoder.encode(block, read, encoded);
        }
        int end = encoder.finish(encoded, encodedLength);
        Optional<Wire.Flight> next = behind.get();
        wire.requireSilence(Phase.CONTENT);
        beforeEnd.run();
        if (next.isPresent()) {
            wire.sendEnd(permit, Arrays.copyOf(encoded, end), next.get());
        } else {
            wire.sendContent(permit, Phase.FINAL_DOT, encoded, end);
        }
    }

    private InputStream open(MessageContent content) throws SmtpException {
        try {
            return content.open();
        } catch (IOException | RuntimeException e) {
            throw unreadable(e);
        }
    }

    private int read(InputStream source, byte[] block) throws SmtpException {
        try {
            return source.readNBytes(block, 0, block.length);
        } catch (IOException | RuntimeException e) {
            throw unreadable(e);
        }
    }

    private static void closeQuietly(InputStream source) {
        try {
            source.close();
        } catch (Throwable e) {
            // All that was needed has been read. To fail now would send the mail twice.
        }
    }

    /** The message stays without an end, so that the host must forget it (RFC 5321 §4.1.1.4). */
    private static SmtpException unreadable(Exception e) {
        return new SmtpException(new SmtpFailure.ContentUnreadable(WireErrors.text(e)), e);
    }
}
