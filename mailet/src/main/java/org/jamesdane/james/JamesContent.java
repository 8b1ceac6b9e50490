/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.IOException;
import java.io.InputStream;

import javax.mail.MessagingException;
import javax.mail.internet.MimeMessage;

import org.jamesdane.smtp.MessageContent;

/** A message written out once, in memory if it is small and in a temporary file if it is not. */
final class JamesContent implements MessageContent, AutoCloseable {
    /** Headers that never leave: the blind copies, and a length that would be wrong after a conversion. RemoteDelivery does the same. */
    private static final String[] LEFT_OUT = {"Bcc", "Content-Length"};

    private final ContentBuffer spool;

    /** Takes what was spooled, to the end. */
    JamesContent(ContentBuffer spool) {
        this.spool = spool;
    }

    /** The message as it stands, without the headers that must not leave. */
    static JamesContent of(MimeMessage message) throws IOException, MessagingException {
        ContentBuffer spool = new ContentBuffer();
        boolean complete = false;
        try {
            message.writeTo(spool, LEFT_OUT);
            spool.finish();
            complete = true;
            return new JamesContent(spool);
        } finally {
            if (!complete) {
                spool.delete();
            }
        }
    }

    ContentBuffer spool() {
        return spool;
    }

    @Override
    public InputStream open() throws IOException {
        return spool.read();
    }

    @Override
    public long size() {
        return spool.sentOctets();
    }

    @Override
    public boolean eightBit() {
        return spool.isEightBit();
    }

    /** Gives the memory or the file back. */
    @Override
    public void close() throws IOException {
        spool.delete();
    }
}
