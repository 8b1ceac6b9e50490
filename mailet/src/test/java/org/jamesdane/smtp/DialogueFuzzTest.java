/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.AfterAll;

/**
 * A whole dialogue with a stranger, from the banner to the end of the content. A mail counts as accepted only if the host asked for its
 * content, all of it was written, and the host said 2yz after that.
 *
 * <p>The octets of the fuzzer are what the host says; an octet 1 stands for its waiting for the client.
 */
class DialogueFuzzTest {
    private static final Watchdog WATCHDOG = new Watchdog();
    private static final SmtpEndpoint ENDPOINT = Client.endpoint(new InetSocketAddress(InetAddress.getLoopbackAddress(), 25));
    private static final int TURN = 1;

    @AfterAll
    static void stop() {
        WATCHDOG.close();
    }

    @FuzzTest
    void shouldTakeForAcceptedOnlyWhatWasSentAndConfirmed(byte[] octets) throws Exception {
        Host host = new Host(octets);
        SmtpConnection connection = new SmtpConnection(ENDPOINT, new Wire(host, Client.patient(), WATCHDOG));
        try {
            connection.greet(HeloFallback.ALLOWED);
            if (connection.capabilities().startTls() && octets.length % 2 == 0) {
                connection.startTls();
            }
            TransactionResult result = Client.send(connection, Client.ANNA, Client.BERT, Client.CARL);
            if (result.recipients().values().stream().anyMatch(RecipientResult.Accepted.class::isInstance)) {
                assertThat(host.written()).contains("RCPT TO:<").endsWith(Client.MESSAGE + ".\r\n");
                assertThat(new String(octets, ISO_8859_1)).containsPattern("(?m)^\u0001*354");
                assertThat(connection.channel().tls()).isEmpty();
            }
            connection.reset();
        } catch (SmtpException e) {
            assertThat(e.failure().toString()).doesNotContain("\r", "\n");
        } finally {
            connection.abort();
        }
    }

    /** The connection with the stranger, in memory. */
    private static final class Host extends Socket {
        private final byte[] says;
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private int position;
        private boolean closed;

        Host(byte[] says) {
            this.says = says;
        }

        String written() {
            return written.toString(ISO_8859_1);
        }

        @Override
        public InputStream getInputStream() {
            return new InputStream() {
                @Override
                public int read() {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] octets, int offset, int length) {
                    // Whoever reads has nothing to say: it is the host's turn again.
                    while (position < says.length && says[position] == TURN) {
                        position++;
                    }
                    int read = Math.min(length, available());
                    System.arraycopy(says, position, octets, offset, read);
                    position += read;
                    return read == 0 ? -1 : read;
                }

                @Override
                public int available() {
                    int end = position;
                    while (end < says.length && says[end] != TURN) {
                        end++;
                    }
                    return end - position;
                }
            };
        }

        @Override
        public OutputStream getOutputStream() {
            return written;
        }

        @Override
        public void setSoTimeout(int timeout) {
            // Nothing ever has to be waited for.
        }

        @Override
        public boolean isClosed() {
            return closed;
        }

        @Override
        public synchronized void close() {
            closed = true;
        }
    }
}
