/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.IOException;
import java.io.InputStream;

import org.apache.james.server.core.MimeMessageSource;
import org.jamesdane.waiting.MailFile;

/** The octets of a message in a file; they are there as long as the file is. */
record FileOctets(MailFile file) implements MimeMessageSource {
    @Override
    public String getSourceId() {
        return file.path().toString();
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return file.open();
    }

    @Override
    public long getMessageSize() {
        return file.octets().octets();
    }
}
