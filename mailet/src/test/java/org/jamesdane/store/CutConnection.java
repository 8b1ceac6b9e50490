/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** The way to a database, on a loopback port, that can break at a COMMIT: before it has arrived, or before its answer has. */
final class CutConnection implements AutoCloseable {
    private static final int BUFFER = 65_536;

    private final ServerSocket listening;
    private final int target;
    private volatile Cut cut = Cut.NEVER;

    /** Time at which a COMMIT ends the connection. */
    enum Cut {
        NEVER, BEFORE_COMMIT, BEFORE_ANSWER
    }

    CutConnection(int target) throws IOException {
        this.target = target;
        listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** The next COMMIT alone; connections after it are left whole. */
    void cutNext(Cut when) {
        cut = when;
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "cut-connection");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                daemon(() -> copy(client, server, true));
                daemon(() -> copy(server, client, false));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void copy(Socket from, Socket to, boolean questions) {
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                String text = new String(buffer, 0, read, ISO_8859_1);
                // The driver names its first statement, which is the COMMIT, and sends the name alone from then on.
                boolean commits = questions && (text.contains("COMMIT") || text.contains("\0S_1\0"));
                Cut now = commits ? cut : Cut.NEVER;
                if (now != Cut.NEVER) {
                    cut = Cut.NEVER;
                }
                if (now == Cut.BEFORE_COMMIT) {
                    return;
                }
                if (now == Cut.BEFORE_ANSWER) {
                    // The client is gone first, so that no answer gets through.
                    from.close();
                }
                out.write(buffer, 0, read);
                out.flush();
                if (now == Cut.BEFORE_ANSWER) {
                    // The server says goodbye after it has done what it was told.
                    to.shutdownOutput();
                    to.getInputStream().transferTo(OutputStream.nullOutputStream());
                    return;
                }
            }
        } catch (IOException e) {
            // One of the two has ended the connection.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
