/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The two directions of a connection, with failures of TLS told apart from those of the network. */
final class TlsStreams {
    private TlsStreams() {
    }

    /** The octets of the plain connection, with a note if they have ended. */
    static final class Incoming extends FilterInputStream {
        private boolean ended;

        Incoming(InputStream in) {
            super(in);
        }

        boolean hasEnded() {
            return ended;
        }

        @Override
        public int read(byte[] octets, int offset, int length) throws IOException {
            int read = in.read(octets, offset, length);
            ended |= read < 0;
            return read;
        }
    }

    /** The data from the peer. */
    static final class In extends FilterInputStream {
        In(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            return TlsHandshake.explained(in::read);
        }

        @Override
        public int read(byte[] octets, int offset, int length) throws IOException {
            return TlsHandshake.explained(() -> in.read(octets, offset, length));
        }
    }

    /** The data to the peer. */
    static final class Out extends FilterOutputStream {
        Out(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws IOException {
            TlsHandshake.explained(() -> {
                out.write(octets, offset, length);
                return length;
            });
        }

        /** Says goodbye (close_notify), for which the peer may have to read. */
        @Override
        public void close() throws IOException {
            TlsHandshake.explained(() -> {
                out.close();
                return 0;
            });
        }
    }
}
