/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

import org.jamesdane.smtp.MessageContent;

/** A message that gives its last octet only while the reader still has the right to send it. */
record HeldContent(MessageContent content, JamesMail.Right right) implements MessageContent {
    @Override
    public InputStream open() throws IOException {
        right.check();
        return new FilterInputStream(content.open()) {
            @Override
            public int read() throws IOException {
                int octet = in.read();
                if (octet < 0) {
                    right.check();
                }
                return octet;
            }

            @Override
            public int read(byte[] into, int from, int most) throws IOException {
                int number = in.read(into, from, most);
                if (number < 0) {
                    right.check();
                }
                return number;
            }
        };
    }

    @Override
    public long size() {
        return content.size();
    }

    @Override
    public boolean eightBit() {
        return content.eightBit();
    }
}
