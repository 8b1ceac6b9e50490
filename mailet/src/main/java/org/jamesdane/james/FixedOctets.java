/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

import org.apache.james.server.core.MimeMessageSource;

/**
 * A message whose text is known beforehand.
 *
 * @param text header and body, in US-ASCII
 */
record FixedOctets(String text) implements MimeMessageSource {
    /** The place of a message that was damaged in the store. */
    static final FixedOctets DAMAGED = new FixedOctets("Subject: (the message was damaged)\r\n\r\n");

    @Override
    public String getSourceId() {
        return "fixed-" + Integer.toHexString(text.hashCode());
    }

    @Override
    public InputStream getInputStream() {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }
}
