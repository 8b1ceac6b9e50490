/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Optional;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Octets of a stranger in answer to the hello of a handshake: it always fails, and always with a sentence. */
class HandshakeFuzzTest {

    @FuzzTest
    void shouldFailWithASentence(byte[] octets) {
        TlsSettings settings = new TlsSettings(Optional.empty(), TlsOffer.DEFAULT, octets.length % 2 == 0);
        assertThatThrownBy(() -> TlsHandshake.perform(new Stranger(octets), settings)).isInstanceOf(IOException.class)
            // A reason of its own, and not that of an exception that nobody expected.
            .satisfies(failure -> assertThat(failure.getMessage()).isNotBlank());
    }

    /** A connection that says those octets, and ends. */
    private static final class Stranger extends Socket {
        private final InputStream in;
        private final OutputStream out = new ByteArrayOutputStream();

        Stranger(byte[] octets) {
            in = new ByteArrayInputStream(octets);
        }

        @Override
        public InputStream getInputStream() {
            return in;
        }

        @Override
        public OutputStream getOutputStream() {
            return out;
        }
    }
}
