/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

import javax.mail.MessagingException;
import javax.mail.internet.MimeMessage;

import org.apache.james.server.core.MimeMessageInputStream;
import org.apache.james.server.core.MimeMessageSource;
import org.apache.james.server.core.MimeMessageWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A message that is written out octet for octet as it came in. When a file repository stores James's own wrapper (3.8.1), the wrapper
 * decodes the body and encodes it anew. Signatures would break, and the last line of a body in base64 would be lost.
 *
 * <p>Each reading reads the other message or the stored octets, so a verbatim message lives no longer than these.
 */
final class VerbatimMessage extends MimeMessageWrapper {
    private final MimeMessageSource octets;

    VerbatimMessage(MimeMessage original) {
        this(new Octets(original));
    }

    VerbatimMessage(MimeMessageSource octets) {
        super(octets);
        this.octets = octets;
    }

    /** The file repository asks for it before it writes. Nothing here is written from parsed parts. */
    @Override
    public void loadMessage() throws MessagingException {
        if (headers == null) {
            loadHeaders();
        }
    }

    @Override
    public void writeTo(OutputStream headerOs, OutputStream bodyOs, String @Nullable [] ignoreList, boolean preLoad)
            throws IOException, MessagingException {
        if (headerOs == bodyOs && (ignoreList == null || ignoreList.length == 0)) {
            try (InputStream in = octets.getInputStream()) {
                in.transferTo(bodyOs);
            }
        } else {
            super.writeTo(headerOs, bodyOs, ignoreList == null ? new String[0] : ignoreList, false);
        }
    }

    private record Octets(MimeMessage original) implements MimeMessageSource {
        @Override
        public String getSourceId() {
            return "same-octets-" + System.identityHashCode(original);
        }

        @Override
        public InputStream getInputStream() throws IOException {
            try {
                return new MimeMessageInputStream(original);
            } catch (MessagingException e) {
                throw new IOException("The message can't be read", e);
            }
        }
    }
}
