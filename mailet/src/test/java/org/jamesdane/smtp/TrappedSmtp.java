/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/** Connections with a trap at each of their system's calls. */
public final class TrappedSmtp {
    /** Traps, each of which may throw. */
    public interface Traps {
        /** Before octets are read. */
        void read();

        /** Before octets are written. */
        void write();

        /** After the socket was closed. */
        void close();

        /** Before a limit of time is set. */
        void limit();

        /** After a limit of time was cancelled. */
        void limitEnd();

        /** Before a thread is made. */
        void thread();
    }

    private TrappedSmtp() {
    }

    /** A connector over sockets with traps. */
    public static SocketSmtpConnector connector(Traps traps) {
        return new SocketSmtpConnector(() -> new TrappedSocket(traps), new TrappedWatchdog(traps));
    }

    /** A pool whose threads come from a trap. */
    public static ConnectionPool pool(SmtpConnector connector, InstantSource clock, Traps traps) {
        return new ConnectionPool(connector, ConnectionPool.Limits.DEFAULTS, clock, task -> {
            traps.thread();
            return new Thread(task);
        });
    }

    private static final class TrappedWatchdog extends Watchdog {
        private final Traps traps;

        TrappedWatchdog(Traps traps) {
            this.traps = traps;
        }

        @Override
        Future<?> after(Duration limit, Runnable expiry) {
            traps.limit();
            Future<?> guarded = super.after(limit, expiry);
            return new FutureTask<>(() -> null) {
                @Override
                public boolean cancel(boolean interrupting) {
                    boolean cancelled = guarded.cancel(interrupting);
                    traps.limitEnd();
                    return cancelled;
                }
            };
        }
    }

    private static final class TrappedSocket extends Socket {
        private final Traps traps;

        TrappedSocket(Traps traps) {
            super(Proxy.NO_PROXY);
            this.traps = traps;
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read() throws IOException {
                    traps.read();
                    return super.read();
                }

                @Override
                public int read(byte[] block, int offset, int length) throws IOException {
                    traps.read();
                    return super.read(block, offset, length);
                }
            };
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] block, int offset, int length) throws IOException {
                    traps.write();
                    out.write(block, offset, length);
                }
            };
        }

        @Override
        public synchronized void close() throws IOException {
            super.close();
            traps.close();
        }
    }
}
